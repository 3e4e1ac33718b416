import type { Text } from "../en";

export const domains: Text["domains"] = {
  lead: "Hostnamen, die zu Ihren Links führen. Ein eigener dient Links, sobald Sie bewiesen haben, dass er Ihnen gehört.",
  claim: "Domain beanspruchen",
  verified: "Bewiesen",
  unverified: "Noch nicht bewiesen",
  everybodys: "Der Installation",
  begins_with: "Kurze Adressen beginnen mit",
  proof: "Eintrag, der die Domain beweist",
  proof_hint:
    "Tragen Sie das im DNS der Domain ein, und lassen Sie die Domain selbst zu dieser Installation führen. Dann prüfen Sie es.",
  record: { type: "Typ", name: "Name", value: "Text" },
  verify: "Beweis prüfen",
  verifying: "Das DNS wird gefragt",
  was_verified: (host) => `${host} dient jetzt Links`,
  its_links: "Ihre Links",
  change_url: "Adresse ändern",
  delete: "Aufgeben",
  delete_title: (host) => `${host} aufgeben?`,
  delete_hint:
    "Der Host ist frei für den, der beweist, dass er ihm gehört. Eine Domain mit Links lässt sich nicht aufgeben: löschen Sie erst diese.",
  host: "Host",
  host_hint: "Ein Name, für den Sie DNS-Einträge schreiben können, ohne https://",
  public_url: "Kurze Adressen beginnen mit",
  public_url_hint: "Leer: https:// und der Host",
};
