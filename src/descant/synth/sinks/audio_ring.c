// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

/* A ring of stereo samples between the synthesiser's thread and the audio callback.
 *
 * One thread writes, one callback reads; neither waits for a lock of the other. The callback calls
 * no Python, allocates nothing and makes no system call but sem_post. When the ring runs empty, the
 * callback plays what was heard last backwards while that fades to silence (a step to zero would
 * click), and crossfades to new samples once there are enough for a period.
 *
 * This file knows no JACK: the address of jack_port_get_buffer is given to it.
 */

#define _GNU_SOURCE /* sem_clockwait */

#include <errno.h>
#include <math.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHANNELS = 2 };

typedef float *(*get_buffer)(void *port, uint32_t frames);

typedef struct {
  uint32_t mask; /* size - 1; the size is a power of two, in frames */
  uint32_t fade; /* frames of a fade */
  float *samples[CHANNELS];
  float *rise;              /* 0 .. 1 over `fade` frames */
  _Atomic uint64_t written; /* frames, by the thread */
  _Atomic uint64_t played;  /* frames, by the callback */
  sem_t room;               /* posted by each callback */

  _Atomic uint64_t periods; /* calls of the callback */
  _Atomic uint64_t gaps;    /* times that the ring ran empty */
  _Atomic uint64_t missing; /* frames of silence and fades in these */

  /* Of the callback alone. */
  int playing;
  uint32_t risen;         /* frames since the fade-in began, up to `fade` */
  uint32_t fallen;        /* frames since the fade-out began, up to `fade` */
  float *heard[CHANNELS]; /* the last `fade` frames, in order */
  float *tail[CHANNELS];  /* the same when the ring ran empty, backwards: it fades out */

  get_buffer buffer;
  void *ports[CHANNELS];
} ring;

void ring_free(ring *r) {
  if (r == NULL) return;
  sem_destroy(&r->room);
  for (int c = 0; c < CHANNELS; c++) {
    free(r->samples[c]);
    free(r->heard[c]);
    free(r->tail[c]);
  }
  free(r->rise);
  free(r);
}

ring *ring_new(uint32_t size, uint32_t fade) {
  ring *r = calloc(1, sizeof *r);
  if (r == NULL) return NULL;
  sem_init(&r->room, 0, 0); /* cannot fail with 0 */
  int made = (r->rise = calloc(fade, sizeof *r->rise)) != NULL;
  for (int c = 0; c < CHANNELS; c++) {
    made &= (r->samples[c] = calloc(size, sizeof(float))) != NULL;
    made &= (r->heard[c] = calloc(fade, sizeof(float))) != NULL;
    made &= (r->tail[c] = calloc(fade, sizeof(float))) != NULL;
  }
  if (!made) {
    ring_free(r);
    return NULL;
  }
  r->mask = size - 1;
  r->fade = fade;
  for (uint32_t i = 0; i < fade; i++) {
    r->rise[i] = (float)(0.5 - 0.5 * cos(3.14159265358979323846 * (i + 1) / fade));
  }
  r->risen = r->fallen = fade;
  return r;
}

/* Frames that are written and not played. */
uint32_t ring_filled(ring *r) {
  return (uint32_t)(atomic_load_explicit(&r->written, memory_order_acquire) -
                    atomic_load_explicit(&r->played, memory_order_acquire));
}

uint64_t ring_periods(ring *r) { return atomic_load(&r->periods); }
uint64_t ring_gaps(ring *r) { return atomic_load(&r->gaps); }
uint64_t ring_missing(ring *r) { return atomic_load(&r->missing); }

/* Wait until fewer than `ahead` frames are filled: 1; or until the time is over: 0. */
int ring_wait(ring *r, uint32_t ahead, double seconds) {
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  long nanoseconds = due.tv_nsec + (long)(fmod(seconds, 1.0) * 1e9);
  due.tv_sec += (time_t)seconds + nanoseconds / 1000000000L;
  due.tv_nsec = nanoseconds % 1000000000L;
  while (ring_filled(r) >= ahead) {
    if (sem_clockwait(&r->room, CLOCK_MONOTONIC, &due) != 0 && errno != EINTR) return ring_filled(r) < ahead;
  }
  return 1;
}

/* Append samples as far as there is room. Returns how many. */
uint32_t ring_write(ring *r, const float *left, const float *right, uint32_t frames) {
  const uint32_t size = r->mask + 1, room = size - ring_filled(r);
  if (frames > room) frames = room;
  const uint64_t at = atomic_load_explicit(&r->written, memory_order_relaxed);
  const float *from[CHANNELS] = {left, right};
  const uint32_t start = (uint32_t)at & r->mask;
  const uint32_t first = frames < size - start ? frames : size - start;
  for (int c = 0; c < CHANNELS; c++) {
    memcpy(r->samples[c] + start, from[c], first * sizeof(float));
    memcpy(r->samples[c], from[c] + first, (frames - first) * sizeof(float));
  }
  atomic_store_explicit(&r->written, at + frames, memory_order_release);
  return frames;
}

/* Copy `frames` of the ring from `at` on. */
static void copy_out(const ring *r, uint64_t at, float *const out[CHANNELS], uint32_t frames) {
  const uint32_t start = (uint32_t)at & r->mask, rest = r->mask + 1 - start;
  const uint32_t first = frames < rest ? frames : rest;
  for (int c = 0; c < CHANNELS; c++) {
    memcpy(out[c], r->samples[c] + start, first * sizeof(float));
    memcpy(out[c] + first, r->samples[c], (frames - first) * sizeof(float));
  }
}

/* Let new samples rise and the tail fall. */
static void fade(ring *r, float *const out[CHANNELS], uint32_t frames) {
  for (uint32_t i = 0; i < frames && (r->risen < r->fade || r->fallen < r->fade); i++) {
    for (int c = 0; c < CHANNELS; c++) {
      if (r->risen < r->fade) out[c][i] *= r->rise[r->risen];
      if (r->fallen < r->fade) out[c][i] += r->tail[c][r->fallen] * (1.0f - r->rise[r->fallen]);
    }
    if (r->playing && r->risen < r->fade) r->risen++;
    if (r->fallen < r->fade) r->fallen++;
  }
}

/* Remember the last frames that were heard, of `frames` new ones. */
static void remember(ring *r, float *const out[CHANNELS], uint32_t frames) {
  const uint32_t new = frames < r->fade ? frames : r->fade, old = r->fade - new;
  for (int c = 0; c < CHANNELS; c++) {
    memmove(r->heard[c], r->heard[c] + new, old * sizeof(float));
    memcpy(r->heard[c] + old, out[c] + frames - new, new * sizeof(float));
  }
}

/* Fill a period of each channel. */
void ring_play(ring *r, float *out[CHANNELS], uint32_t frames) {
  const uint64_t played = atomic_load_explicit(&r->played, memory_order_relaxed);
  const uint64_t filled = atomic_load_explicit(&r->written, memory_order_acquire) - played;
  uint32_t taken = 0;
  if (!r->playing && filled >= frames) {
    r->playing = 1;
    r->risen = 0;
  }
  if (r->playing) {
    taken = filled < frames ? (uint32_t)filled : frames;
    copy_out(r, played, out, taken);
    fade(r, out, taken);
    remember(r, out, taken);
  }
  if (taken < frames) {
    for (int c = 0; c < CHANNELS; c++) memset(out[c] + taken, 0, (frames - taken) * sizeof(float));
    if (r->playing) { /* the ring runs empty */
      for (int c = 0; c < CHANNELS; c++) {
        for (uint32_t i = 0; i < r->fade; i++) r->tail[c][i] = r->heard[c][r->fade - 1 - i];
      }
      r->playing = 0;
      r->risen = r->fade;
      r->fallen = 0;
      atomic_fetch_add_explicit(&r->gaps, 1, memory_order_relaxed);
    }
    float *const rest[CHANNELS] = {out[0] + taken, out[1] + taken};
    fade(r, rest, frames - taken);
    remember(r, rest, frames - taken);
    if (atomic_load_explicit(&r->gaps, memory_order_relaxed) > 0) {
      atomic_fetch_add_explicit(&r->missing, frames - taken, memory_order_relaxed);
    }
  }
  atomic_store_explicit(&r->played, played + taken, memory_order_release);
  atomic_fetch_add_explicit(&r->periods, 1, memory_order_relaxed);
  sem_post(&r->room);
}

/* JACK's process callback. */
void ring_connect(ring *r, get_buffer buffer, void *left, void *right) {
  r->buffer = buffer;
  r->ports[0] = left;
  r->ports[1] = right;
}

int ring_process(uint32_t frames, void *argument) {
  ring *r = argument;
  float *out[CHANNELS] = {r->buffer(r->ports[0], frames), r->buffer(r->ports[1], frames)};
  ring_play(r, out, frames);
  return 0;
}
