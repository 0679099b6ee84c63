// What esbuild makes of files that are not JavaScript.
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "texts" {
  const texts: Record<"en" | "pl", Record<string, string>>;
  export default texts;
}
/** Which more.js belongs to this widget.js: a digest of its content. */
declare const MORE: string;
