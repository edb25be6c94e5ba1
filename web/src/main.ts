import "./locale.js";
import { loadCatalog } from "./catalog.js";
import { App } from "./app.js";
import { showPageErrors } from "./page-errors.js";
import { Alert } from "./panels/alert.js";
import type { Failure } from "./protocol.js";
import { settingsOf } from "./settings.js";

const alert = new Alert();
showPageErrors(alert);

async function start(): Promise<void> {
  try {
    new App(await loadCatalog(), settingsOf(new URLSearchParams(location.search)), alert).open();
  } catch (error) {
    document.documentElement.dataset["state"] = "error";
    alert.show("page", error as Failure, () => location.reload());
  }
}

void start();
