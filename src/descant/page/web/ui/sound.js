// The synthesiser, by Web Audio.
export class Sound {
  constructor(settings) {
    this.settings = settings;
  }
}
