import type { Text } from "../en";

export const account: Text["account"] = {
  title: "Konto",
  profile: "Profil",
  login: "Anmeldename",
  name: "Name",
  email: "E-Mail-Adresse",
  none: "keine",
  rights: "Diese Sitzung darf",
  changed_by_operator: "Anmeldename, Name und Adresse ändert, wer diese Installation betreibt.",
  password: "Passwort",
  old_password: "Bisheriges Passwort",
  new_password: "Neues Passwort",
  new_password_hint: "8 bis 256 Zeichen. Ein Satz ist leichter zu merken als Sonderzeichen.",
  repeat_password: "Neues Passwort noch einmal",
  passwords_differ: "Die beiden neuen Passwörter sind nicht gleich.",
  old_password_wrong: "Das ist nicht das Passwort.",
  change_password: "Passwort ändern",
  other_sessions_end: "Alle anderen Sitzungen Ihres Kontos enden.",
  password_changed: "Das Passwort ist geändert; andere Sitzungen sind beendet",
  no_password: "Ihr Konto hat kein Passwort. Wer diese Installation betreibt, gibt ihm eines: make admin ARGS=\"set-password",
  here: "Dieser Browser",
};
