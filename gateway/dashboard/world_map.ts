import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { geoEqualEarth, geoPath } from "d3-geo";
import type { FeatureCollection, Geometry } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const NAME = "virtual:world_map";
// Steps of the grid that outlines lie on: half a pixel of a map as wide as a screen's half.
const WIDTH = 1920;
const HEIGHT = 932;

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;

// Countries that the atlas draws without a number, by the code under which clicks come from there: GeoNames and MaxMind
// call Kosovo XK, and count Somaliland and Northern Cyprus to the states that ISO 3166 knows there.
const WITHOUT_NUMBER: Record<string, string> = { Kosovo: "XK", Somaliland: "SO", "N. Cyprus": "CY" };

// Offers the module "virtual:world_map": the outlines of countries, projected when the page is built. A browser then needs
// neither atlas nor projection, which are three times as large.
export function worldMap(): Plugin {
  const resolved = `\0${NAME}`;
  return {
    name: "world_map",
    resolveId: (id) => (id === NAME ? resolved : null),
    load: (id) => (id === resolved ? `export default ${JSON.stringify(outlines())};` : null),
  };
}

// The outlines as paths of SVG in a box of width by height, by ISO 3166-1 alpha-2. Without Antarctica.
export function outlines(): { width: number; height: number; paths: Record<string, string> } {
  const atlas = read<Countries>("world-atlas/countries-110m.json");
  // Alpha-2, alpha-3 and number of each country.
  const codes = read<[string, string, string][]>("i18n-iso-countries/codes.json");
  const byNumber = new Map(codes.map(([code, , number]) => [number, code]));
  const { features } = feature(atlas, atlas.objects.countries);
  const drawn = features
    .map(({ id, properties: { name }, geometry }) => {
      const code = id === undefined ? WITHOUT_NUMBER[name] : byNumber.get(String(id));
      if (!code) throw new Error(`the atlas has a country without a code: ${name}`);
      return { code, geometry };
    })
    .filter(({ code }) => code !== "AQ");
  const all: FeatureCollection<Geometry> = {
    type: "FeatureCollection",
    features: drawn.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry })),
  };
  const path = geoPath(geoEqualEarth().fitSize([WIDTH, HEIGHT], all)).digits(0);
  const paths: Record<string, string> = {};
  for (const { code, geometry } of drawn) paths[code] = (paths[code] ?? "") + shortened(path(geometry) ?? "");
  return { width: WIDTH, height: HEIGHT, paths };
}

// A path with each point as its distance from the one before, which is half as long: "M5,5L6,7L5,7Z" is "M5,5l1,2-1,0z".
// Rings that are no area on the grid are left out.
function shortened(path: string): string {
  const rings = path.split("Z").filter(Boolean).map((ring) => ring.slice(1).split("L"));
  return rings
    .map((ring) => {
      const points = ring.map((point) => point.split(",").map(Number) as [number, number]);
      const steps = points.slice(1).map(([x, y], index) => {
        const [lastX, lastY] = points[index] ?? [0, 0];
        return [x - lastX, y - lastY] as const;
      });
      const drawn = steps.filter(([x, y]) => x !== 0 || y !== 0);
      const text = drawn.map(([x, y]) => `${x},${y}`).join(" ").replaceAll(" -", "-").replaceAll(",-", "-");
      return drawn.length < 2 ? "" : `M${points[0]?.join(",")}l${text}z`;
    })
    .join("");
}

function read<T>(module: string): T {
  return JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(module)), "utf8")) as T;
}
