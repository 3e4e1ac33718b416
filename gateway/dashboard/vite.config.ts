import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { type Plugin, defineConfig } from "vite";
import { worldMap } from "./world_map.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const WORTH_COMPRESSING = new Set([".js", ".css", ".svg", ".json"]);

// The gateway compresses nothing while it runs: beside each file lies what gzip makes of it.
const compressed: Plugin = {
  name: "compressed",
  writeBundle({ dir = "" }) {
    for (const name of readdirSync(join(dir, "assets"))) {
      if (WORTH_COMPRESSING.has(extname(name))) {
        const path = join(dir, "assets", name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: constants.Z_BEST_COMPRESSION }));
      }
    }
  },
};

// The files that the gateway serves below /dashboard. Everything but index.html has its hash in its name.
export default defineConfig({
  base: "/dashboard/",
  plugins: [worldMap(), compressed],
  logLevel: "warn",
  resolve: {
    alias: [
      { find: "@", replacement: here("src") },
      { find: "@proto", replacement: here("../../gen/dashboard/proto") },
      // Libraries that are written for React run on Preact.
      { find: /^react(-dom)?$/, replacement: "preact/compat" },
      { find: "react/jsx-runtime", replacement: "preact/jsx-runtime" },
    ],
  },
  build: {
    outDir: here("../../gen/dashboard/site"),
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // The policy of the page allows no data: in styles and scripts, and a file of its own is kept for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // How long plugins take matters to nobody who builds this once.
      checks: { pluginTimings: false },
      onLog(level, log, handle) {
        // "use client" in libraries, which means nothing here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") {
          handle(level, log);
        }
      },
    },
  },
});
