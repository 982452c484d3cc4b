// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

/* A ring of stereo samples between the synthesiser's thread and the audio callback.
 *
 * One thread writes, one callback reads; neither waits for a lock of the other. The callback calls
 * no Python, allocates nothing and makes no system call but sem_post. When the ring runs empty, the
 * callback plays what was heard last backwards while that fades to silence (a step to zero would
 * click), and crossfades to new samples once there are enough for a period.
 *
 * Two rings, of two processes, may share an output: one is active, the other is silent. The active
 * one increments a heartbeat in shared memory each period; the other becomes active, faded in, when
 * the heartbeat has stalled for a timeout.
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

/* Memory of the rings that share an output. */
typedef struct {
  _Atomic uint64_t active;    /* number of the active ring; 0: none */
  _Atomic uint64_t heartbeat; /* periods of the active ring that were not empty */
  /* For the processes: panics sent, and how often the first has reported an output of its own. */
  _Atomic uint64_t panics, unshared;
} failover;

typedef float *(*get_buffer)(void *port, uint32_t frames);

typedef struct {
  uint32_t mask;            /* size - 1; the size is a power of two, in frames */
  uint32_t fade;            /* frames of a fade */
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

  failover *shared;                        /* NULL: the output is not shared */
  uint64_t number;                         /* of this ring, not 0 */
  uint32_t timeout;                        /* frames without a heartbeat until this one takes over */
  uint32_t stalled;                        /* frames without a heartbeat so far */
  uint64_t count;                          /* the last heartbeat that was read */
  uint32_t crossfade_size;                 /* frames of the fade from one ring to the other */
  uint32_t crossfaded;                     /* position in it: 0 silent .. crossfade_size */
  float *crossfade;                        /* 0 .. 1 over `crossfade_size` + 1 frames */
  _Atomic int is_active;                   /* for the thread */
  _Atomic int is_releasing;                /* set by the thread */
  _Atomic uintptr_t other_ports[CHANNELS]; /* ports of the other ring; 0: not known */
  float *before;                           /* frames of a fade, of the other */

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
  free(r->crossfade);
  free(r->before);
  free(r);
}

static void half_cosine(float *rise, uint32_t frames) {
  for (uint32_t i = 0; i < frames; i++) {
    rise[i] = (float)(0.5 - 0.5 * cos(3.14159265358979323846 * (i + 1) / frames));
  }
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
  half_cosine(r->rise, fade);
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
    if (sem_clockwait(&r->room, CLOCK_MONOTONIC, &due) != 0 && errno != EINTR) {
      return ring_filled(r) < ahead;
    }
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

/* Share the output; before the callback runs. Returns 0 where memory is lacking. */
int ring_share(ring *r, failover *t, uint64_t number, uint32_t timeout, uint32_t crossfade) {
  if ((r->crossfade = calloc(crossfade + 1, sizeof *r->crossfade)) == NULL) return 0;
  if ((r->before = calloc(r->fade, sizeof *r->before)) == NULL) return 0;
  half_cosine(r->crossfade + 1, crossfade);
  r->crossfade_size = crossfade;
  r->timeout = timeout;
  r->number = number;
  r->shared = t;
  return 1;
}

int ring_is_active(ring *r) { return r->shared == NULL || atomic_load(&r->is_active); }

/* The other ring's ports: JACK 2 repeats the buffers of a client that is stopped, so that this one
 * has to overwrite them. */
void ring_set_other_ports(ring *r, uintptr_t left, uintptr_t right) {
  atomic_store(&r->other_ports[0], left);
  atomic_store(&r->other_ports[1], right);
}

/* Fade out, and let the other ring become the active one. */
void ring_release(ring *r) { atomic_store(&r->is_releasing, 1); }

uint64_t failover_active(failover *t) { return atomic_load(&t->active); }
uint64_t failover_heartbeat(failover *t) { return atomic_load(&t->heartbeat); }
uint64_t failover_panics(failover *t) { return atomic_load(&t->panics); }
uint64_t failover_unshared(failover *t) { return atomic_load(&t->unshared); }
uint64_t failover_send_panic(failover *t) { return atomic_fetch_add(&t->panics, 1) + 1; }
void failover_report_unshared(failover *t) { atomic_fetch_add(&t->unshared, 1); }

/* Write silence where the other ring writes nothing; `fades`: behind what was heard last,
 * backwards, which fades out. */
static void silence_other(ring *r, uint32_t frames, int fades) {
  for (int c = 0; c < CHANNELS; c++) {
    void *port = (void *)atomic_load(&r->other_ports[c]);
    float *out = port == NULL ? NULL : r->buffer(port, frames);
    if (out == NULL) continue;
    const uint32_t length = fades ? (frames < r->fade ? frames : r->fade) : 0;
    memcpy(r->before, out + frames - length, length * sizeof(float));
    memset(out, 0, frames * sizeof(float));
    for (uint32_t i = 0; i < length; i++) {
      const uint32_t place = i * r->fade / length;
      out[i] = r->before[length - 1 - i] * (1.0f - r->rise[place]);
    }
  }
}

/* Return whether this ring is the active one in this period. The timeout is counted in periods of
 * this ring, so that a server that stops does not cause a failover. */
static int update_active(ring *r, uint32_t frames) {
  failover *t = r->shared;
  if (atomic_load(&r->is_releasing)) {
    uint64_t mine = r->number;
    atomic_compare_exchange_strong(&t->active, &mine, 0);
    return 0;
  }
  uint64_t active = atomic_load(&t->active);
  if (active != r->number) {
    const uint64_t count = atomic_load(&t->heartbeat);
    r->stalled = count == r->count ? r->stalled + frames : 0;
    r->count = count;
    /* In one period the other may run before this one and in the next behind it: without a
     * heartbeat in two of them it has missed one. */
    if (active != 0 && r->stalled >= 2 * frames) silence_other(r, frames, r->stalled == 2 * frames);
    const uint32_t longest = r->timeout > 2 * frames ? r->timeout : 2 * frames;
    if (!r->playing || (active != 0 && r->stalled < longest)) return 0;
    if (!atomic_compare_exchange_strong(&t->active, &active, r->number)) return 0;
    if (active != 0 && atomic_load(&t->heartbeat) != count) { /* it has resumed just now */
      uint64_t mine = r->number;
      atomic_compare_exchange_strong(&t->active, &mine, active);
      return 0;
    }
  }
  silence_other(r, frames, 0); /* it is on standby, or stopped */
  r->stalled = 0;
  if (r->playing) atomic_fetch_add(&t->heartbeat, 1);
  return 1;
}

/* Fade in where this ring is active, out where it is not. */
static void share(ring *r, float *const out[CHANNELS], uint32_t frames) {
  const int active = update_active(r, frames);
  /* The other became active while this one was stopped: its samples are old. */
  if (!active && !atomic_load(&r->is_releasing)) r->crossfaded = 0;
  atomic_store(&r->is_active, active);
  for (uint32_t i = 0; i < frames; i++) {
    if (active && r->crossfaded < r->crossfade_size) r->crossfaded++;
    if (!active && r->crossfaded > 0) r->crossfaded--;
    for (int c = 0; c < CHANNELS; c++) out[c][i] *= r->crossfade[r->crossfaded];
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
  if (r->shared != NULL) share(r, out, frames);
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
