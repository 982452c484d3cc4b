// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

/* A time of day that a test sets, for processes that load this first (LD_PRELOAD): the file named by
 * SETTABLE_CLOCK holds what is added to it, nanoseconds in 64 bits. The monotonic clock stays.
 *
 * Whoever waits until a time of day waits by this one, also where it is set meanwhile, as the kernel
 * has it: such waits are cut into slices of 20 ms. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define SLICE 20000000LL
/* No monotonic clock shows so much, and the time of day has since 2001. */
#define TIME_OF_DAY (1000000000LL * SECOND)
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int64_t none;
static volatile int64_t *added = &none;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SETTABLE_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0)
        return;
    void *seen = mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (seen != MAP_FAILED)
        added = seen;
}

static int64_t number(const struct timespec *time)
{
    return time->tv_sec * SECOND + time->tv_nsec;
}

static struct timespec timespec(int64_t number)
{
    return (struct timespec){number / SECOND, number % SECOND};
}

static int64_t true_time(void)
{
    struct timespec now;
    NEXT(clock_gettime)(CLOCK_REALTIME, &now);
    return number(&now);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int failed = NEXT(clock_gettime)(clock, time);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        *time = timespec(number(time) + *added);
    return failed;
}

int gettimeofday(struct timeval *time, void *zone)
{
    (void)zone;
    int64_t now = true_time() + *added;
    *time = (struct timeval){now / SECOND, now % SECOND / 1000};
    return 0;
}

time_t time(time_t *seconds)
{
    time_t now = (true_time() + *added) / SECOND;
    if (seconds)
        *seconds = now;
    return now;
}

/* Wait in slices: `wait` is given the end of one, by the true time of day, as `slice`. */
#define IN_SLICES(wait)                                                                            \
    for (;;) {                                                                                     \
        int64_t left = number(until) - true_time() - *added;                                       \
        struct timespec slice = timespec(true_time() + (left < SLICE ? left : SLICE));             \
        int status = wait;                                                                         \
        if (status != ETIMEDOUT || number(until) <= true_time() + *added)                          \
            return status;                                                                         \
    }

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *until)
{
    __typeof__(&pthread_cond_timedwait) next =
        dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (number(until) < TIME_OF_DAY)
        return next(condition, mutex, until);
    IN_SLICES(next(condition, mutex, &slice))
}

int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                           const struct timespec *until)
{
    if (clock != CLOCK_REALTIME)
        return NEXT(pthread_cond_clockwait)(condition, mutex, clock, until);
    IN_SLICES(NEXT(pthread_cond_clockwait)(condition, mutex, clock, &slice))
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until)
{
    IN_SLICES(NEXT(pthread_mutex_timedlock)(mutex, &slice))
}

static int semaphore_status(sem_t *semaphore, const struct timespec *until)
{
    return NEXT(sem_timedwait)(semaphore, until) ? errno : 0;
}

static int sem_wait_in_slices(sem_t *semaphore, const struct timespec *until)
{
    IN_SLICES(semaphore_status(semaphore, &slice))
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    int status = sem_wait_in_slices(semaphore, until);
    errno = status;
    return status ? -1 : 0;
}
