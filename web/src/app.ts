import type { Catalog } from "./catalog.js";
import { Charts } from "./charts/charts.js";
import { Client } from "./client.js";
import { Loader } from "./loader.js";
import { Player } from "./player.js";
import { byId, onFrame, setText } from "./page.js";
import type { Alert } from "./panels/alert.js";
import { BenchPanel } from "./panels/bench.js";
import { CompletePanel } from "./panels/complete.js";
import { Controls, ownText } from "./panels/controls.js";
import { OwnText } from "./panels/own-text.js";
import { themeToggle } from "./panels/theme.js";
import { TotalsPanel } from "./panels/totals.js";
import type { Failure, ModelInfo, Reply } from "./protocol.js";
import type { Settings } from "./settings.js";
import { Attention } from "./stream/attention.js";
import { StreamView } from "./stream/view.js";
import { WitnessPanel } from "./witness/panel.js";
import { WitnessStore } from "./witness/store.js";

/** The page: one run of one stream, and everything that shows it. State changes here, drawing happens once per frame. */
export class App {
  #catalog: Catalog;
  #settings: Settings;
  #alert: Alert;
  #store = new WitnessStore();
  #view = new StreamView(byId("stream", HTMLDivElement), byId("stream-sheet", HTMLDivElement), this.#store);
  #attention: Attention;
  #controls: Controls;
  #own: OwnText;
  #charts: Charts;
  #witness = new WitnessPanel(this.#store);
  #totals = new TotalsPanel();
  #complete: CompletePanel;
  #bench: BenchPanel;
  #loader: Loader;
  #client: Client;
  #draw = onFrame(() => this.#drawNow());

  #player: Player;
  #begun = false;

  constructor(catalog: Catalog, settings: Settings, alert: Alert) {
    this.#catalog = catalog;
    this.#settings = settings;
    this.#alert = alert;
    this.#client = new Client(
      (reply) => this.#hear(reply),
      (message) => this.#fail({ name: "WorkerError", code: "worker_failed", message }, () => location.reload()),
    );
    this.#player = new Player(this.#client, this.#store, () => this.#controls);
    const toggle = () => this.#toggle();
    const step = () => {
      this.#player.step();
      this.#draw();
    };
    this.#controls = new Controls(catalog, settings, {
      onStream: () => void this.#chooseStream(),
      onModel: () => this.open(),
      onRestart: () => this.#restart(),
      onPolicy: () => {
        this.#restart();
        this.#complete.refresh();
      },
      onToggle: toggle,
      onStep: step,
      onRate: () => this.#setRunning(this.#player.running),
    });
    this.#attention = new Attention(this.#view, {
      onToggle: toggle,
      onStep: step,
      onChange: (byte, chosen) => this.#look(byte, chosen),
    });
    this.#own = new OwnText({
      onText: (bytes, grown) => this.#takeOwnText(bytes, grown),
      onArrival: () => {
        this.#controls.source.value = ownText;
        this.#own.shown = true;
      },
      onRefusal: (title, advice) => alert.say(title, advice),
    });
    this.#charts = new Charts(this.#store, (byte, chosen) => this.#attention.pointAt(byte, chosen), this.#draw);
    this.#complete = new CompletePanel({
      context: () => this.#player.bytes.subarray(0, this.#store.length),
      ask: (id, prompt, limit) =>
        this.#client.send({ type: "complete", id, prompt, limit, policy: this.#controls.policy }),
    });
    this.#bench = new BenchPanel((steps) => this.#measure(steps));
    this.#loader = new Loader(catalog, alert);
    themeToggle(() => {
      this.#charts.recolour();
      this.#draw();
    });
    this.#watchView();
  }

  /** Loads the chosen model; the stream follows when it is there. */
  open(): void {
    this.#setRunning(false);
    this.#player.ready = false;
    this.#setState("loading");
    const model = this.#catalog.models.find(({ id }) => id === this.#controls.model);
    if (!model) return;
    this.#loader.begin(`Loading the ${model.label} model`);
    this.#client.send({ type: "open", url: new URL(model.url, location.href).href });
  }

  #watchView(): void {
    const area = this.#view.scroller;
    area.addEventListener("scroll", this.#draw, { passive: true });
    new ResizeObserver(() => {
      this.#view.resize();
      this.#draw();
    }).observe(area);
    void document.fonts.ready.then(() => this.#view.resize());
  }

  async #chooseStream(): Promise<void> {
    const own = this.#controls.source.value === ownText;
    this.#own.shown = own;
    this.#setRunning(false);
    if (own) {
      this.#setBytes(this.#own.bytes);
      this.#own.focus();
      return;
    }
    const bytes = await this.#loader.stream(this.#controls.source.value, () => void this.#chooseStream());
    if (bytes) this.#setBytes(bytes.subarray(0, this.#settings.bytes));
  }

  #takeOwnText(bytes: Uint8Array, grown: boolean): void {
    if (grown && this.#player.ready) {
      this.#player.grow(bytes);
      this.#view.setBytes(bytes, true);
    } else this.#setBytes(bytes);
    this.#setRunning(bytes.length > 0);
  }

  #setBytes(bytes: Uint8Array): void {
    this.#player.bytes = bytes;
    this.#restart();
  }

  #restart(): void {
    this.#player.restart();
    this.#attention.read = 0;
    this.#totals.clear();
    this.#view.setBytes(this.#player.bytes, false);
    this.#draw();
  }

  #setRunning(running: boolean): void {
    this.#player.setRunning(running);
    this.#draw();
  }

  /** Runs or pauses; a stream that is over starts again. */
  #toggle(): void {
    const { running, drained, bytes } = this.#player;
    if (!running && drained && bytes.length > 0) this.#restart();
    this.#setRunning(!running);
  }

  #measure(steps: number): void {
    this.#setRunning(false);
    const { bytes } = this.#player;
    if (bytes.length === 0) {
      this.#bench.stop();
      this.#alert.say("There is nothing to measure with.", "Choose a stream or type some text first.");
      return;
    }
    this.#client.send({ type: "bench", bytes, steps, policy: this.#controls.policy });
  }

  #hear(reply: Reply): void {
    switch (reply.type) {
      case "progress":
        return this.#loader.progress(reply.loaded, reply.total);
      case "ready":
        return void this.#ready(reply.info);
      case "batch":
        if (!this.#player.take(reply)) return;
        this.#attention.read = this.#store.length;
        return this.#draw();
      case "completion":
        return this.#complete.show(reply);
      case "bench-progress":
        return this.#bench.progress(reply.done, reply.steps);
      case "bench-result":
        return this.#bench.show(reply.result, this.#controls.source.value);
      case "failure":
        return this.#fail(reply.failure, () => this.open());
    }
  }

  async #ready(info: ModelInfo): Promise<void> {
    this.#loader.end();
    this.#loader.describe(info);
    this.#player.ready = true;
    this.#witness.layers = this.#charts.layers = info.layers;
    this.#bench.ready = true;
    if (this.#begun) this.#restart();
    else await this.#chooseStream();
    this.#complete.refresh();
    if (!this.#begun && this.#player.bytes.length > 0) {
      if (this.#settings.bench) this.#bench.start(this.#settings.bench);
      else if (this.#settings.run) this.#setRunning(true);
    }
    this.#begun = true;
    this.#draw();
  }

  #fail(failure: Failure, retry: () => void): void {
    this.#loader.end();
    this.#bench.stop();
    this.#player.running = false;
    this.#setState("error");
    this.#alert.show(failure, retry);
  }

  #look(byte: number | undefined, chosen: boolean): void {
    if (chosen && byte !== undefined) setText(byId("spoken", HTMLParagraphElement), this.#witness.summary(byte));
    this.#draw();
  }

  #drawNow(): void {
    const { drained, bytes } = this.#player;
    const read = this.#store.length;
    const empty = bytes.length === 0;
    const { ready } = this.#player;
    const own = this.#controls.source.value === ownText;
    if (drained && this.#player.running && !own) this.#player.setRunning(false);
    const { running } = this.#player;
    this.#controls.show({ ready, running, drained, waits: own, empty });
    if (ready) this.#setState(drained && read > 0 ? "done" : running ? "running" : "ready");
    byId("empty", HTMLParagraphElement).hidden = !ready || !empty;

    const inspected = this.#attention.byte;
    this.#view.cursor = inspected;
    this.#view.draw();
    this.#charts.draw(inspected, this.#attention.holds);
    if (this.#player.batch) this.#totals.show(this.#player.batch, this.#charts.layers);
    if (inspected !== undefined) this.#witness.show(inspected);
    else this.#witness.showLatest(running && !drained);
  }

  #setState(state: "loading" | "ready" | "running" | "done" | "error"): void {
    document.documentElement.dataset["state"] = state;
  }
}
