/* Faults of a disk, on demand: preloaded into the process whose record is tested (tests/crash/stand.py builds it).
 *
 * fault_arm(calls, end, nth, what): from the nth call on, counted over files whose path ends in `end`,
 *   calls  1 flush (fsync, fdatasync), 2 write (write, pwrite), 3 both
 *   what   an errno with which these calls fail; 0 nothing; -1 kill -9 before the call; -2 kill -9 in the middle of a write
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { FLUSH = 1, WRITE = 2 };

static int calls, what;
static long left;
static char end[64];

void fault_arm(int for_calls, const char *path_end, long nth, int do_what)
{
    __atomic_store_n(&calls, 0, __ATOMIC_SEQ_CST);
    strncpy(end, path_end, sizeof end - 1);
    __atomic_store_n(&left, nth, __ATOMIC_SEQ_CST);
    __atomic_store_n(&what, do_what, __ATOMIC_SEQ_CST);
    __atomic_store_n(&calls, for_calls, __ATOMIC_SEQ_CST);
}

static int due(int call, int fd)
{
    char link[32], path[4096];
    ssize_t length;
    if (!(__atomic_load_n(&calls, __ATOMIC_SEQ_CST) & call))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)strlen(end) || memcmp(path + length - strlen(end), end, strlen(end)))
        return 0;
    if (__atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST) > 0)
        return 0;
    if (what == -1)
        kill(getpid(), SIGKILL);
    return what;
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

#define FLUSHES(name)                                                                                                  \
    int name(int fd)                                                                                                   \
    {                                                                                                                  \
        int fault = due(FLUSH, fd);                                                                                    \
        if (fault > 0) {                                                                                               \
            errno = fault;                                                                                             \
            return -1;                                                                                                 \
        }                                                                                                              \
        return REAL(name)(fd);                                                                                         \
    }

#define WRITES(name, parameters, call, half)                                                                           \
    ssize_t name parameters                                                                                            \
    {                                                                                                                  \
        int fault = due(WRITE, fd);                                                                                    \
        if (fault > 0) {                                                                                               \
            errno = fault;                                                                                             \
            return -1;                                                                                                 \
        }                                                                                                              \
        if (fault == -2) {                                                                                             \
            REAL(name) half;                                                                                           \
            kill(getpid(), SIGKILL);                                                                                   \
        }                                                                                                              \
        return REAL(name) call;                                                                                        \
    }

FLUSHES(fsync)
FLUSHES(fdatasync)
WRITES(write, (int fd, const void *data, size_t size), (fd, data, size), (fd, data, size / 2))
WRITES(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), (fd, data, size / 2, at))
WRITES(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), (fd, data, size / 2, at))
