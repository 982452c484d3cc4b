// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

/* A ring of stereo samples between the synthesiser's thread and the audio callback.
 *
 * One thread writes, one callback reads; neither waits for a lock of the other. The callback calls
 * no Python, allocates nothing and makes no system call but sem_post. When the ring runs empty, the
 * callback plays what was heard last backwards while that fades to silence (a step to zero would
 * click), and crossfades to new samples once there are enough for a period.
 *
 * Two rings, of two processes, may share an output: one is heard. It counts its periods in memory
 * that both can see; the other is heard, faded in, once this count stands still.
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
  _Atomic uint64_t heard;  /* number of the ring that is heard; 0: none */
  _Atomic uint64_t count;  /* of its periods, while it does not run empty */
  /* For the processes: how often one was told to silence everything, and how often the first has
   * said that it plays without sharing. */
  _Atomic uint64_t panics, elsewhere;
} turn;

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

  turn *turn;              /* NULL: the output is not shared */
  uint64_t number;         /* of this ring, not 0 */
  uint32_t patience;       /* frames in which the count may stand still */
  uint32_t still;          /* frames in which it has stood still */
  uint64_t count;          /* as it was seen last */
  uint32_t swell_size;     /* frames of the fade from one ring to the other */
  uint32_t open;           /* where in this fade it is: 0 silent .. swell_size */
  float *swell;            /* 0 .. 1 over `swell_size` + 1 frames */
  _Atomic int is_heard;    /* for the thread */
  _Atomic int is_leaving;  /* set by the thread: give the turn away */
  _Atomic uintptr_t others[CHANNELS]; /* ports of the other ring; 0: not known */
  float *before;                      /* frames of a fade, of the other */

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
  free(r->swell);
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

/* Share the output; before the callback runs. Returns 0 where memory is lacking. */
int ring_share(ring *r, turn *t, uint64_t number, uint32_t patience, uint32_t swell) {
  if ((r->swell = calloc(swell + 1, sizeof *r->swell)) == NULL) return 0;
  if ((r->before = calloc(r->fade, sizeof *r->before)) == NULL) return 0;
  half_cosine(r->swell + 1, swell);
  r->swell_size = swell;
  r->patience = patience;
  r->number = number;
  r->turn = t;
  return 1;
}

int ring_is_heard(ring *r) { return r->turn == NULL || atomic_load(&r->is_heard); }

/* The other ring's ports: JACK 2 plays the buffers of a client that stands still again and again,
 * so that this one has to silence them. */
void ring_set_others(ring *r, uintptr_t left, uintptr_t right) {
  atomic_store(&r->others[0], left);
  atomic_store(&r->others[1], right);
}

/* Let the other ring be heard from the next period on. */
void ring_leave(ring *r) { atomic_store(&r->is_leaving, 1); }

uint64_t turn_heard(turn *t) { return atomic_load(&t->heard); }
uint64_t turn_count(turn *t) { return atomic_load(&t->count); }
uint64_t turn_panics(turn *t) { return atomic_load(&t->panics); }
uint64_t turn_elsewhere(turn *t) { return atomic_load(&t->elsewhere); }
uint64_t turn_tell_panic(turn *t) { return atomic_fetch_add(&t->panics, 1) + 1; }
void turn_tell_elsewhere(turn *t) { atomic_fetch_add(&t->elsewhere, 1); }

/* Write silence where the other ring writes nothing; `fades`: behind what was heard last,
 * backwards, which fades out. */
static void silence_other(ring *r, uint32_t frames, int fades) {
  for (int c = 0; c < CHANNELS; c++) {
    void *port = (void *)atomic_load(&r->others[c]);
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

/* Whether this ring is heard in this period. A count that stands still is measured in periods of
 * one's own, so that a server that stands still is no reason to change. */
static int take_turn(ring *r, uint32_t frames) {
  turn *t = r->turn;
  if (atomic_load(&r->is_leaving)) {
    uint64_t mine = r->number;
    atomic_compare_exchange_strong(&t->heard, &mine, 0);
    return 0;
  }
  uint64_t heard = atomic_load(&t->heard);
  if (heard != r->number) {
    const uint64_t count = atomic_load(&t->count);
    r->still = count == r->count ? r->still + frames : 0;
    r->count = count;
    /* In one period the other may run before this one and in the next behind it: what has not
     * counted in two of them has missed one. */
    if (heard != 0 && r->still >= 2 * frames) silence_other(r, frames, r->still == 2 * frames);
    const uint32_t longest = r->patience > 2 * frames ? r->patience : 2 * frames;
    if (!r->playing || (heard != 0 && r->still < longest)) return 0;
    if (!atomic_compare_exchange_strong(&t->heard, &heard, r->number)) return 0;
    if (heard != 0 && atomic_load(&t->count) != count) { /* it has come back in this moment */
      uint64_t mine = r->number;
      atomic_compare_exchange_strong(&t->heard, &mine, heard);
      return 0;
    }
  }
  silence_other(r, frames, 0); /* it stands by, or still */
  r->still = 0;
  if (r->playing) atomic_fetch_add(&t->count, 1);
  return 1;
}

/* Fade towards being heard, or towards silence. */
static void share(ring *r, float *const out[CHANNELS], uint32_t frames) {
  const int heard = take_turn(r, frames);
  /* The other took the turn since this one stood still: what it has to say now was long ago. */
  if (!heard && !atomic_load(&r->is_leaving)) r->open = 0;
  atomic_store(&r->is_heard, heard);
  for (uint32_t i = 0; i < frames; i++) {
    if (heard && r->open < r->swell_size) r->open++;
    if (!heard && r->open > 0) r->open--;
    for (int c = 0; c < CHANNELS; c++) out[c][i] *= r->swell[r->open];
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
  if (r->turn != NULL) share(r, out, frames);
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
