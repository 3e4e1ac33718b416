import { LANGUAGES, isLanguage, useLanguage, useText } from "@/text";
import styles from "./layout.module.css";
import { type Theme, useTheme } from "./theme";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

// How the reader likes the page: colours and language.
export function Choices() {
  const text = useText();
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useTheme();
  return (
    <div class={styles.choices}>
      <label>
        {text.shell.theme}
        <select value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {text.shell.themes[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.shell.language}
        <select
          value={language}
          onChange={(event) => {
            if (isLanguage(event.currentTarget.value)) {
              choose(event.currentTarget.value);
            }
          }}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
