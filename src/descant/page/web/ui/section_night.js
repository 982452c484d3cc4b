// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Section "night": a recording, or the bundled performance in its place, to look at and to listen to.
import { button, figure, make, row } from "./controls.js";
import { NightAxis, moveAxisOn, zoomAround } from "./night_axis.js";
import { unpackNight } from "./night_data.js";
import { nightDissonance } from "./night_dissonance.js";
import { NightEpisode } from "./night_episode.js";
import { clockWords } from "./night_frame.js";
import { performNight } from "./night_perform.js";
import { NightPlayer } from "./night_player.js";
import { NightRoll } from "./night_roll.js";
import { NightSteps } from "./night_steps.js";
import { pieceBase } from "./piece_performance.js";

const NIGHT_RATE = 10; // values of the dissonance a second
const NIGHT_SLICE_MS = 12;
const NIGHT_LONGEST_S = 0.1; // of a frame
const NIGHT_ARROW = 0.025; // of what is in sight
const NIGHT_CAPTION =
  "Above, every note, from in tune (light blue) to out of tune (red), by the loss that detuned it; below, the loss " +
  "of each episode and the dissonance of all that sounded. Click to choose a moment and its episode. Drag to move; " +
  "ctrl and wheel, or two fingers, to zoom. With the keys: ← → move, ↑ ↓ change the episode, + − zoom, Home shows all, space plays.";

export function setUpNight(section, page) {
  const element = section.querySelector("[data-figure]");
  const wait = make("p", { className: "hint" }, "The night is being prepared.");
  element.append(wait);
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    openNight(page).then(
      (night) => {
        wait.remove();
        page.night = new NightSection(element, page, night);
        page.night.show();
      },
      (error) => (wait.textContent = `This night cannot be shown here (${error.message}).`),
    );
  }, { rootMargin: "800px" });
  observer.observe(element);
}

async function openNight(page) {
  if (page.recording) return unpackNight(page.recording, page.defaults("learner"));
  return inSlices(performNight(page));
}

// Run a generator to its end without holding up the page; resolves to what it returns.
function inSlices(generator) {
  return new Promise((resolve) => {
    const slice = () => {
      const until = performance.now() + NIGHT_SLICE_MS;
      let result = generator.next();
      while (!result.done && performance.now() < until) result = generator.next();
      if (result.done) resolve(result.value);
      else setTimeout(slice);
    };
    slice();
  });
}

class NightSection {
  constructor(element, page, night) {
    Object.assign(this, { _element: element, _page: page, _night: night });
    this.steps = new NightSteps(night);
    this._base = pieceBase(page, page.data.programmes.paper).synth;
    this.axis = new NightAxis(night.length);
  }

  show() {
    const night = this._night;
    const ratio = matchMedia("(max-width: 600px)").matches ? 0.86 : 2.1;
    const picture = figure(this._words(), NIGHT_CAPTION, { ratio });
    this._canvas = picture.canvas;
    this._roll = new NightRoll(picture.canvas, night, this.axis);
    this.player = new NightPlayer(this._page, night, this.steps, this._base, () => this._stopped());
    this.episode = new NightEpisode({
      night, steps: this.steps, stage: this._page.defaults("stage"), base: this._base,
      onChoose: (state) => this._choose(state),
    });
    this._element.append(...this._heading(), picture.element, this._buttons(), this.episode.element);
    this._handle();
    this._choose(0);
    this._page.animate(this._element, (seconds) => this._advance(seconds));
    if (!night.dissonance) this._measure();
  }

  _words() {
    const { title, length, notes, episodes } = this._night;
    const [played, learned] = [notes.start.length, episodes].map((count) => count.toLocaleString("en"));
    return `${title}: ${clockWords(length / 1000)} min, ${played} notes, ${learned} episodes`;
  }

  _heading() {
    const { recorded, date, remarks, stride } = this._night;
    const of = recorded
      ? `Recorded on ${new Date(date).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" })} UTC.`
      : "No recording has been put into this page, so this is the performance that comes with it, computed in your browser " +
        "by the same core. The command “descant page tonight” writes a page with the recording “tonight” in this place.";
    const thinned = stride > 1 ? [`It is long: of each episode every ${stride}th step is in this page, and none of the episodes is left out.`] : [];
    const title = make("p", { className: "night-title" }, make("b", {}, this._words()));
    return [title, ...[of, ...thinned, ...remarks].map((text) => make("p", { className: "hint" }, text))];
  }

  _buttons() {
    this._playButton = button({ label: "Play from here", key: " ", primary: true, onClick: () => this._toggle() });
    this._clock = make("span", { className: "quiet" });
    this._clock.style.cssText = "font-variant-numeric: tabular-nums; min-width: 7.5em";
    return row(
      this._playButton,
      button({ label: "Zoom in", key: "+", onClick: () => zoomAround(this.axis, this.player.time, true) }),
      button({ label: "Zoom out", key: "-", onClick: () => zoomAround(this.axis, this.player.time, false) }),
      button({ label: "Show the whole night", onClick: () => this.axis.all() }),
      this._clock,
    );
  }

  _handle() {
    const canvas = this._canvas;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-description", "Left and right move in time, up and down change the episode.");
    canvas.style.touchAction = "pan-y";
    canvas.style.cursor = "pointer";
    moveAxisOn(canvas, this.axis, {
      plot: () => this._roll.plot,
      onChoose: (time) => this._seek(time),
      onOverview: (top) => this._roll.inOverview(top),
    });
    canvas.addEventListener("keydown", (event) => this._key(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this._roll.touch());
  }

  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const turn = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (way) this._move(way * NIGHT_ARROW * (event.shiftKey ? 8 : 1));
    else if (turn) this.episode.turn(turn);
    else if (event.key === "Home") this.axis.all();
    else if (event.key === " " && !event.repeat) this._toggle();
    else if (event.key !== " ") return;
    event.preventDefault();
  }

  // Move the playhead by a share of what is in sight.
  _move(share) {
    const way = share * (this.axis.to - this.axis.from);
    this._seek(Math.min(Math.max(this.player.time + way, 0), this._night.length));
    this.axis.follow(this.player.time, true);
  }

  // Go to a time, and to the step that was the last one then.
  _seek(time) {
    this.player.seek(time);
    this.episode.show(this._night.stateAt(time), this.player.playing);
  }

  // Go to a state, and to its time.
  _choose(state) {
    const time = this._night.states.time[state];
    this.player.seek(time);
    this.episode.show(state, false);
    this.axis.follow(time);
  }

  _toggle() {
    if (this.player.playing) {
      this.player.pause();
      this._stopped();
    } else {
      this.player.play();
      this._playButton.label = "Pause";
    }
  }

  _stopped() {
    this._playButton.label = "Play from here";
  }

  async _measure() {
    this._night.dissonance = await inSlices(nightDissonance(this._night, this.steps, this._base, NIGHT_RATE));
    this._roll.touch();
  }

  _advance(seconds) {
    const dt = Math.min(seconds - (this._seconds ?? seconds), NIGHT_LONGEST_S);
    this._seconds = seconds;
    const { playing, time } = this.player;
    if (playing) {
      this.episode.show(this._night.stateAt(time), true);
      this.axis.follow(time);
    }
    this.axis.advance(dt);
    this._roll.draw(time, this.episode.attempt, playing);
    this.episode.draw(dt);
    const words = `${clockWords(time / 1000)} of ${clockWords(this._night.length / 1000)}`;
    if (this._clock.textContent !== words) this._clock.textContent = words;
  }
}
