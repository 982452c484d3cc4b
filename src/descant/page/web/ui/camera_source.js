// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The visitor's camera. Only called on a click; the picture never leaves the page.
import { make } from "./controls.js";

const CAMERA_WISHES = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 30 } };
const CAMERA_PROBLEMS = {
  NotAllowedError: "The browser did not allow the camera. It can be allowed in the browser's settings of this page.",
  NotFoundError: "No camera was found.",
  OverconstrainedError: "No camera was found.",
  NotReadableError: "The camera is used by another program, or cannot be read.",
};
const CAMERA_INSECURE =
  "This browser gives a page the camera only over https or from a file of your own. Save the page and open it from there.";

// A camera that is on: `video` shows it, `stop()` switches it off. `onEnd()` is called when it ends by
// itself. Where there is none an `Error` says why in plain words.
export async function openCamera(onEnd) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(CAMERA_INSECURE);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA_WISHES, audio: false });
  } catch (error) {
    throw new Error(CAMERA_PROBLEMS[error.name] ?? `The camera cannot be used: ${error.message || error.name}.`);
  }
  const video = make("video", { srcObject: stream, muted: true, playsInline: true });
  const tracks = stream.getTracks();
  for (const track of tracks) track.addEventListener("ended", onEnd);
  await video.play().catch(() => {});
  return {
    video,
    stop() {
      for (const track of tracks) track.stop();
      video.srcObject = null;
    },
  };
}
