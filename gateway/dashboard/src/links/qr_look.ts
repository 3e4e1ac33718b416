// How a QR code looks.
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type GetLinkQrCodeRequestSchema,
  QrErrorCorrection,
  QrFormat,
} from "@proto/linkmeter/links/v1/link_service_pb";

export const LEVELS = ["low", "medium", "quartile", "high"] as const;
export type LevelName = (typeof LEVELS)[number];

export interface Look {
  kind: "svg" | "png";
  size: number;
  margin: number;
  level: LevelName;
  // As #rrggbb.
  dark: string;
  light: string;
  // A picture as base64; empty: none.
  logo: string;
}

export const USUAL_LOOK: Look = {
  kind: "svg",
  size: 512,
  margin: 4,
  level: "medium",
  dark: "#000000",
  light: "#ffffff",
  logo: "",
};
// As the service has them.
export const SIZES = { least: 64, most: 4096 };
export const MARGINS = { least: 0, most: 16 };
export const MOST_LOGO_BYTES = 64 * 1024;

const LEVEL_VALUES: Record<LevelName, QrErrorCorrection> = {
  low: QrErrorCorrection.LOW,
  medium: QrErrorCorrection.MEDIUM,
  quartile: QrErrorCorrection.QUARTILE,
  high: QrErrorCorrection.HIGH,
};

export function codeRequest(linkId: bigint, look: Look): MessageInitShape<typeof GetLinkQrCodeRequestSchema> {
  return {
    linkId,
    format: look.kind === "svg" ? QrFormat.SVG : QrFormat.PNG,
    size: look.size,
    margin: look.margin,
    errorCorrection: LEVEL_VALUES[look.level],
    darkColor: look.dark,
    lightColor: look.light,
    logo: Uint8Array.from(atob(look.logo), (letter) => letter.charCodeAt(0)),
  };
}

// With a logo, less than a quarter that can be restored is refused.
export function withLogo(look: Look, logo: string): Look {
  const isWeak = look.level === "low" || look.level === "medium";
  return { ...look, logo, level: logo && isWeak ? "high" : look.level };
}
