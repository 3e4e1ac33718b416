import "@/ui/tokens.css";
import "@/ui/base.css";
import { render } from "preact";
import { App } from "./app";
import { loadText, preferredLanguage } from "./text";
import { applyTheme, readTheme } from "./ui/theme";

applyTheme(readTheme());
const language = preferredLanguage();
void loadText(language).then((text) => {
  const root = document.getElementById("app");
  if (root) {
    render(<App initial={{ language, text }} />, root);
  }
});
