import type { Catalog } from "./catalog.js";
import { Charts } from "./charts/charts.js";
import { Client } from "./client.js";
import { Loader } from "./loader.js";
import { Player } from "./player.js";
import { byId, onFrame, setText } from "./page.js";
import { showAddressNotes } from "./panels/address-notes.js";
import type { Alert, Topic } from "./panels/alert.js";
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
  /** Of the user's choices of something to read, the last one. */
  #choice = new AbortController();
  #begun = false;

  constructor(catalog: Catalog, settings: Settings, alert: Alert) {
    this.#catalog = catalog;
    this.#settings = settings;
    this.#alert = alert;
    this.#client = new Client(
      (reply) => this.#hear(reply),
      (message) => {
        this.#fail("page", { name: "WorkerError", code: "worker_failed", message }, () => location.reload());
      },
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
      onText: (bytes) => this.#takeOwnText(bytes),
      onOpening: () => this.#newChoice(),
      onRefusal: (title, advice) => alert.say({ topic: "stream", title, advice }),
    });
    this.#charts = new Charts(this.#store, (byte, chosen) => this.#attention.pointAt(byte, chosen), this.#draw);
    this.#complete = new CompletePanel({
      ready: () => this.#player.ready,
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
    showAddressNotes([...settings.notes, ...this.#controls.notes]);
  }

  /** Loads the chosen model; the stream follows when it is there. */
  open(): void {
    this.#setRunning(false);
    this.#player.ready = this.#bench.ready = false;
    this.#bench.stop("Nothing was measured: another model was chosen meanwhile.");
    this.#setState("loading");
    const model = this.#catalog.models.find(({ id }) => id === this.#controls.model);
    if (!model) return;
    this.#loader.begin(`Loading the ${model.label} model`);
    this.#client.send({ type: "open", id: this.#loader.opening, url: new URL(model.url, location.href).href });
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

  async #chooseStream(name = this.#controls.source.value): Promise<void> {
    const signal = this.#newChoice();
    this.#showSource(name);
    this.#setRunning(false);
    if (name === ownText) {
      this.#play(name, this.#own.bytes);
      this.#own.focus();
      return;
    }
    const bytes = await this.#loader.stream(name, signal, () => void this.#chooseStream(name));
    if (signal.aborted) return;
    if (bytes) this.#play(name, bytes.subarray(0, this.#settings.bytes));
    else if (this.#player.stream !== undefined) this.#showSource(this.#player.stream);
  }

  /** What was chosen before, and may still be on its way, no longer counts. */
  #newChoice(): AbortSignal {
    this.#choice.abort();
    this.#choice = new AbortController();
    return this.#choice.signal;
  }

  #showSource(name: string): void {
    this.#controls.source.value = name;
    this.#own.shown = name === ownText;
  }

  #takeOwnText(bytes: Uint8Array): void {
    this.#newChoice();
    this.#showSource(ownText);
    if (this.#player.grow(ownText, bytes)) {
      this.#alert.settle("stream");
      this.#view.setBytes(bytes, true);
    } else this.#play(ownText, bytes);
    this.#setRunning(bytes.length > 0);
  }

  #play(name: string, bytes: Uint8Array): void {
    this.#alert.settle("stream");
    this.#player.stream = name;
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
    const { stream, bytes } = this.#player;
    if (stream === undefined || bytes.length === 0) {
      this.#bench.stop();
      const advice = "Choose a stream or type some text first.";
      this.#alert.say({ topic: "stream", title: "There is nothing to measure with.", advice });
      return;
    }
    this.#client.send({ type: "bench", stream, bytes, steps, policy: this.#controls.policy });
  }

  #hear(reply: Reply): void {
    const opening = "opening" in reply ? reply.opening : undefined;
    if (opening !== undefined && opening !== this.#loader.opening) return;
    switch (reply.type) {
      case "progress":
        return this.#loader.progress(reply.loaded, reply.total);
      case "ready":
        return void this.#ready(reply.info, reply.opening);
      case "batch":
        if (!this.#player.take(reply)) return;
        this.#attention.read = this.#store.length;
        return this.#draw();
      case "completion":
        return this.#complete.show(reply);
      case "bench-progress":
        return this.#bench.progress(reply.done, reply.steps);
      case "bench-result":
        return this.#bench.show(reply.result);
      case "failure":
        return this.#fail("model", reply.failure, () => this.open());
    }
  }

  async #ready(info: ModelInfo, opening: number): Promise<void> {
    this.#loader.end();
    this.#loader.describe(info);
    this.#player.ready = true;
    this.#witness.layers = this.#charts.layers = info.layers;
    this.#bench.ready = true;
    if (this.#player.stream !== undefined) this.#restart();
    else await this.#chooseStream();
    if (opening !== this.#loader.opening) return; // another model was chosen while the stream was on its way
    this.#complete.refresh();
    this.#begin();
    this.#draw();
  }

  /** Does what the address asks for, once: when there are a model and a stream for the first time. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#player.bytes.length === 0) return;
    if (this.#settings.bench) this.#bench.start(this.#settings.bench);
    else if (this.#settings.run) this.#setRunning(true);
  }

  #fail(topic: Topic, failure: Failure, retry: () => void): void {
    this.#loader.end();
    this.#bench.stop();
    this.#player.running = false;
    this.#setState("error");
    this.#alert.show(topic, failure, retry);
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
