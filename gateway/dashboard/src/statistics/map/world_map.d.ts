// Made by world_map.ts of this project.
declare module "virtual:world_map" {
  const world: {
    width: number;
    height: number;
    // Paths of SVG by ISO 3166-1 alpha-2.
    paths: Record<string, string>;
  };
  export default world;
}
