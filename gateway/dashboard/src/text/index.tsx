import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { type Text, en } from "./en";

// Languages that the page speaks, by what they call themselves.
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "linkmeter.language";
// English comes with the page; the others when they are wanted.
const LOADERS: Record<Language, () => Promise<Text>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import("./de")).de,
};

interface Spoken {
  language: Language;
  // Tag for numbers and dates: the reader's own variety of the language.
  locale: string;
  text: Text;
  choose: (language: Language) => void;
}

const Context = createContext<Spoken | undefined>(undefined);

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(LANGUAGES, code);
}

// The language that the reader chose, or the first of the browser's that we speak.
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEY) ?? "";
  const codes = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return codes.find(isLanguage) ?? "en";
}

function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.slice(0, 2) === language) ?? language;
}

export function loadText(language: Language): Promise<Text> {
  return LOADERS[language]();
}

interface TextProviderProps {
  initial: { language: Language; text: Text };
  children: ComponentChildren;
}

export function TextProvider({ initial, children }: TextProviderProps) {
  const [{ language, text }, setSpoken] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const spoken = useMemo<Spoken>(() => {
    const choose = (chosen: Language) => {
      localStorage.setItem(KEY, chosen);
      void loadText(chosen).then((loaded) => setSpoken({ language: chosen, text: loaded }));
    };
    return { language, locale: localeOf(language), text, choose };
  }, [language, text]);
  return <Context.Provider value={spoken}>{children}</Context.Provider>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(Context);
  if (!spoken) {
    throw new Error("there is no TextProvider around this");
  }
  return spoken;
}

// All words of the page in the reader's language.
export function useText(): Text {
  return useLanguage().text;
}
