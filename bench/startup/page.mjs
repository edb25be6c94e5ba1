// Offers one sample to the benchmark that opened this page.
import { sample } from "./sample.mjs";

const read = async (path) => new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer());

globalThis.takeSample = ({ variant, build, model }) =>
  sample({
    importPackage: () => import("/js/dist/index.js"),
    read,
    locate: (path) => `/${path}`,
    variant,
    build,
    model,
  });
