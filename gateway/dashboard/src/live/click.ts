import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Click, ClickClass } from "@proto/linkmeter/analytics/v1/clicks_pb";

const CLASSES = {
  [ClickClass.UNSPECIFIED]: "",
  [ClickClass.PERSON]: "person",
  [ClickClass.BOT]: "bot",
  [ClickClass.PREVIEW]: "preview",
  [ClickClass.MONITOR]: "monitor",
  [ClickClass.PREFETCH]: "prefetch",
  [ClickClass.MAIL_SCANNER]: "mail_scanner",
} as const;

export type ClassName = (typeof CLASSES)[ClickClass];

// What the screen shows of a click, and what goes from the tab that watches to the others.
export interface LiveClick {
  id: string;
  time: number;
  link: string;
  domain: string;
  code: string;
  country: string;
  city: string;
  referrer: string;
  browser: string;
  os: string;
  device: string;
  language: string;
  campaign: string;
  class: ClassName;
}

export function liveClickOf(click: Click): LiveClick {
  return {
    id: click.clickId,
    time: click.time ? timestampMs(click.time) : 0,
    link: String(click.linkId),
    domain: click.domain,
    code: click.code,
    country: click.country,
    city: click.city,
    referrer: click.referrerHost,
    browser: click.browserFamily,
    os: click.os,
    device: click.deviceType,
    language: click.language,
    campaign: click.utmCampaign,
    class: CLASSES[click.clickClass] ?? "",
  };
}
