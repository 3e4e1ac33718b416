import type { Link } from "@proto/linkmeter/links/v1/links_pb";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useText } from "@/text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { ProblemView } from "@/ui/problem_view";
import { showToast } from "@/ui/toasts";
import { links } from "@/api/clients";
import { download } from "./download";
import styles from "./links.module.css";
import { pngOf } from "./png";
import { LEVELS, type LevelName, type Look, MARGINS, MOST_LOGO_BYTES, SIZES, USUAL_LOOK, codeRequest, withLogo } from "./qr_look";
import { useQrCode } from "./queries";

// The QR code of a link, as it will look, with what can be chosen about it. The service draws it.
export function QrPanel({ link }: { link: Link }) {
  const text = useText().links;
  const [look, setLook] = useState<Look>(USUAL_LOOK);
  const set = (change: Partial<Look>) => setLook({ ...look, ...change });
  const shown = useQrCode(link.linkId, look);
  const address = useAddress(shown.data?.data, "image/svg+xml");
  const save = async (kind: Look["kind"]) => {
    try {
      download(`${link.code}.${kind}`, await pictureOf(link, { ...look, kind }));
    } catch {
      showToast({ tone: "bad", text: text.qr.failed });
    }
  };
  return (
    <section class={styles.qr} aria-label={text.qr.title}>
      <h3>{text.qr.title}</h3>
      {address && <img src={address} width={192} height={192} alt={text.qr.of(link.shortUrl)} />}
      {shown.error && <ProblemView error={shown.error} />}
      <div class={styles.bar}>
        <Button size="small" disabled={Boolean(shown.error)} onClick={() => void save("svg")}>
          SVG
        </Button>
        <Button size="small" disabled={Boolean(shown.error)} onClick={() => void save("png")}>
          PNG
        </Button>
      </div>
      <details>
        <summary>{text.qr.options}</summary>
        <div class={styles.group}>
          <div class={styles.pair}>
            <Field label={text.qr.dark}>
              {(wiring) => (
                <input {...wiring} type="color" value={look.dark} onChange={(event) => set({ dark: event.currentTarget.value })} />
              )}
            </Field>
            <Field label={text.qr.light}>
              {(wiring) => (
                <input {...wiring} type="color" value={look.light} onChange={(event) => set({ light: event.currentTarget.value })} />
              )}
            </Field>
          </div>
          <Field label={text.qr.size}>
            {(wiring) => (
              <NumberInput {...wiring} value={look.size} bounds={SIZES} onChange={(size) => set({ size })} />
            )}
          </Field>
          <Field label={text.qr.margin}>
            {(wiring) => (
              <NumberInput {...wiring} value={look.margin} bounds={MARGINS} onChange={(margin) => set({ margin })} />
            )}
          </Field>
          <Field label={text.qr.level}>
            {(wiring) => (
              <select {...wiring} value={look.level} onChange={(event) => set({ level: event.currentTarget.value as LevelName })}>
                {LEVELS.map((name) => (
                  <option key={name} value={name} disabled={Boolean(look.logo) && (name === "low" || name === "medium")}>
                    {text.qr.levels[name]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={text.qr.logo} hint={text.qr.logo_hint}>
            {(wiring) => (
              <input
                {...wiring}
                type="file"
                accept="image/png,image/jpeg,image/gif,image/webp"
                onChange={(event) => {
                  const file = event.currentTarget.files?.[0];
                  void logoOf(file).then(
                    (logo) => setLook((before) => withLogo(before, logo)),
                    () => showToast({ tone: "bad", text: text.qr.logo_too_large }),
                  );
                }}
              />
            )}
          </Field>
        </div>
      </details>
    </section>
  );
}

// The service draws a logo into SVG alone; of such a one the page makes the pixels itself.
async function pictureOf(link: Link, look: Look): Promise<Blob> {
  const isPainted = look.kind === "png" && look.logo !== "";
  const kind = isPainted ? "svg" : look.kind;
  const { data, contentType } = await links.getLinkQrCode(codeRequest(link.linkId, { ...look, kind }));
  const picture = new Blob([data.slice()], { type: contentType });
  return isPainted ? pngOf(picture, look.size) : picture;
}

async function logoOf(file: File | undefined): Promise<string> {
  if (!file) {
    return "";
  }
  if (file.size > MOST_LOGO_BYTES) {
    throw new RangeError("the logo is too large");
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

// An address of bytes for an <img>, as long as they are shown.
function useAddress(bytes: Uint8Array | undefined, type: string): string | undefined {
  const address = useMemo(() => bytes && URL.createObjectURL(new Blob([bytes.slice()], { type })), [bytes, type]);
  useEffect(() => () => void (address && URL.revokeObjectURL(address)), [address]);
  return address;
}

interface NumberInputProps {
  id: string;
  value: number;
  bounds: { least: number; most: number };
  onChange: (value: number) => void;
}

// A whole number; what is outside the bounds, or no number yet, changes nothing.
function NumberInput({ value, bounds: { least, most }, onChange, ...wiring }: NumberInputProps) {
  return (
    <input
      {...wiring}
      type="number"
      min={least}
      max={most}
      value={value}
      onChange={(event) => {
        const typed = event.currentTarget.valueAsNumber;
        if (Number.isInteger(typed) && typed >= least && typed <= most) {
          onChange(typed);
        }
      }}
    />
  );
}
