// Stands before the C library's calls that change files, and kills the process or fails at the
// n-th of them that touches a watched folder, and records what they change. Loaded with LD_PRELOAD;
// steered through ctypes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define STOP -1
static char watched[PATH_MAX];
static long at;
static int error, lasting;
static struct { long count; char struck[32]; } *seen;  // shared with the processes that fork

__attribute__((constructor)) static void share(void) {
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

// Watch a folder from now on. at: which call, from 1 (0: none). error: the errno it fails with (0:
// the process is killed instead, STOP: it stops there until it is told to go on). lasting: whether all calls after it fail too.
void watch(const char *folder, long at_, int error_, int lasting_) {
    snprintf(watched, sizeof watched, "%s", folder);
    memset(seen, 0, sizeof *seen);
    at = at_, error = error_, lasting = lasting_;
}

long counted(void) { return seen->count; }
const char *struck(void) { return seen->struck; }

// Count an event; 1 when it shall fail.
int event(const char *name) {
    long count = ++seen->count;
    if (!at || count < at || (count > at && !lasting)) return 0;
    if (count == at) strncpy(seen->struck, name, sizeof seen->struck - 1);
    if (!error) kill(getpid(), SIGKILL);
    if (error == STOP) return kill(getpid(), SIGSTOP), 0;
    errno = error;
    return 1;
}

static int is_watched(const char *path) {
    size_t length = strlen(watched);
    return length && !strncmp(path, watched, length) && (!path[length] || path[length] == '/');
}

// The whole path of a file, where it is below the watched folder.
static const char *whole(int dir, const char *path) {
    static __thread char full[2 * PATH_MAX];
    char link[64];
    if (!watched[0]) return NULL;
    if (path[0] == '/') {
        snprintf(full, sizeof full, "%s", path);
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        ssize_t length = 0;
        if (dir == AT_FDCWD) {
            if (!getcwd(full, PATH_MAX)) return NULL;
            length = strlen(full);
        } else if ((length = readlink(link, full, PATH_MAX)) < 0) {
            return NULL;
        }
        full[length] = 0;
        if (strcmp(path, ".")) {
            strcat(full, "/");
            strncat(full, path, PATH_MAX - 1);
        }
    }
    return is_watched(full) ? full : NULL;
}

static int fails_at(int dir, const char *path, const char *name) {
    return whole(dir, path) && event(name);
}

static int fails_on(int fd, const char *name) {
    return fails_at(fd, ".", name);
}

#include "record.h"

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (fails_on(fd, "write")) {
        if (lasting && seen->count == at && size > 1) return real(fd, data, size / 2);  // a full disk
        return -1;
    }
    if (!recorded(fd)) return real(fd, data, size);
    off64_t at_ = place_of(fd);
    ssize_t done = real(fd, data, size);
    record_written(fd, data, done, at_);
    return done;
}
ssize_t writev(int fd, const struct iovec *parts, int n) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (fails_on(fd, "writev")) return -1;
    if (!recorded(fd)) return real(fd, parts, n);
    off64_t at_ = place_of(fd);
    ssize_t done = real(fd, parts, n);
    record_written(fd, NULL, done, at_);
    return done;
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    if (fails_on(fd, "pwrite")) return -1;
    ssize_t done = real(fd, data, size, offset);
    if (recorded(fd)) record_written(fd, data, done, offset);
    return done;
}
ssize_t sendfile64(int out, int in, off64_t *offset, size_t size) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    if (fails_on(out, "sendfile")) return -1;
    if (!recorded(out)) return real(out, in, offset, size);
    off64_t at_ = place_of(out);
    ssize_t done = real(out, in, offset, size);
    record_written(out, NULL, done, at_);
    return done;
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    if (fails_on(out, "copy_file_range")) return -1;
    if (!recorded(out)) return real(in, from, out, to, size, flags);
    off64_t at_ = to ? *to : place_of(out);
    ssize_t done = real(in, from, out, to, size, flags);
    record_written(out, NULL, done, at_);
    return done;
}
int fsync(int fd) {
    REAL(int, fsync, int);
    if (fails_on(fd, "fsync")) return -1;
    int done = real(fd);
    if (!done && recorded(fd)) record(NULL, 0, "sync\t%ld\n", number(fd));
    return done;
}
int fdatasync(int fd) {
    REAL(int, fdatasync, int);
    if (fails_on(fd, "fdatasync")) return -1;
    int done = real(fd);
    if (!done && recorded(fd)) record(NULL, 0, "sync\t%ld\n", number(fd));
    return done;
}
int ftruncate64(int fd, off64_t size) {
    REAL(int, ftruncate64, int, off64_t);
    if (fails_on(fd, "ftruncate")) return -1;
    int done = real(fd, size);
    if (!done && recorded(fd)) record(NULL, 0, "truncate\t%ld\t%ld\n", number(fd), (long)size);
    return done;
}
int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    if (fails_at(AT_FDCWD, to, "rename")) return -1;
    return record_pair("rename", AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    if (fails_at(b, to, "rename")) return -1;
    return record_pair("rename", a, from, b, to, real(a, from, b, to));
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    REAL(int, renameat2, int, const char *, int, const char *, unsigned);
    if (fails_at(b, to, "rename")) return -1;
    const char *kind = flags & RENAME_EXCHANGE ? "swap" : "rename";
    return record_pair(kind, a, from, b, to, real(a, from, b, to, flags));
}
int link(const char *from, const char *to) {
    REAL(int, link, const char *, const char *);
    if (fails_at(AT_FDCWD, to, "link")) return -1;
    return record_pair("link", AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    if (fails_at(b, to, "link")) return -1;
    return record_pair("link", a, from, b, to, real(a, from, b, to, flags));
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    if (fails_at(AT_FDCWD, path, "mkdir")) return -1;
    int done = real(path, mode);
    struct stat about;
    if (!done && trace >= 0 && whole(AT_FDCWD, path) && !stat(path, &about))
        record(NULL, 0, "mkdir\t%ld\t%s\n", (long)about.st_ino, whole(AT_FDCWD, path));
    return done;
}
int rmdir(const char *path) {
    REAL(int, rmdir, const char *);
    if (fails_at(AT_FDCWD, path, "rmdir")) return -1;
    return record_paths("unlink", NULL, AT_FDCWD, path, real(path));
}
int unlink(const char *path) {
    REAL(int, unlink, const char *);
    if (fails_at(AT_FDCWD, path, "unlink")) return -1;
    return record_paths("unlink", NULL, AT_FDCWD, path, real(path));
}
int unlinkat(int dir, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    if (fails_at(dir, path, "unlink")) return -1;
    return record_paths("unlink", NULL, dir, path, real(dir, path, flags));
}

#define CHANGES (O_CREAT | O_WRONLY | O_RDWR)
#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        if ((flags & CHANGES) && fails_at(AT_FDCWD, path, "open")) return -1; \
        int fresh = trace >= 0 && is_fresh(AT_FDCWD, path, flags); \
        return record_open(AT_FDCWD, path, flags, fresh, real(path, flags, mode)); \
    }
#define OPENS_AT(name) \
    int name(int dir, const char *path, int flags, ...) { \
        REAL(int, name, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        if ((flags & CHANGES) && fails_at(dir, path, "open")) return -1; \
        int fresh = trace >= 0 && is_fresh(dir, path, flags); \
        return record_open(dir, path, flags, fresh, real(dir, path, flags, mode)); \
    }
OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
