import type { Alert } from "./panels/alert.js";

/** Shows what would otherwise only reach the console: errors nobody caught, and what the security policy refused. */
export function showPageErrors(alert: Alert): void {
  window.addEventListener("error", ({ error, message }) => {
    // Browsers report a resize that came too late for this frame as an error; the next frame brings it.
    if (!error && message.startsWith("ResizeObserver")) return;
    alert.show("page", { name: "Error", code: "unexpected", message });
  });
  window.addEventListener("unhandledrejection", ({ reason }) => {
    alert.show("page", { name: "Error", code: "unexpected", message: String(reason) });
  });
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    const message = `${effectiveDirective} refused ${blockedURI}`;
    alert.show("page", { name: "SecurityPolicy", code: "unexpected", message });
  });
}
