// Return a function that puts a number into the form that its language wants: {other: "# links", one: "# link"}.
export function pluralIn(language: string) {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
  return (count: number | bigint, forms: Forms): string => {
    const form = forms[rules.select(Number(count))] ?? forms.other;
    return form.replace("#", numbers.format(count));
  };
}
