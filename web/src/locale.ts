// Imported first. Under the C locale WebKitGTK calls its language "C", which Intl refuses with a RangeError; uPlot formats
// with that language as soon as it is loaded.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}
