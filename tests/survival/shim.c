// Stands before the C library's calls that change files, and kills the process or fails at the
// n-th of them that touches a watched folder. Loaded with LD_PRELOAD; steered through ctypes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char watched[PATH_MAX];
static long at;
static int error, lasting;
static struct { long count; char struck[32]; } *seen;  // shared with the processes that fork

__attribute__((constructor)) static void share(void) {
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

// Watch a folder from now on. at: which call, from 1 (0: none). error: the errno it fails with (0:
// the process is killed instead). lasting: whether all calls after it fail too.
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
    errno = error;
    return 1;
}

static int is_watched(const char *path) {
    size_t length = strlen(watched);
    return length && !strncmp(path, watched, length) && (!path[length] || path[length] == '/');
}

static int fails_at(int dir, const char *path, const char *name) {
    char full[2 * PATH_MAX], link[64];
    if (!watched[0]) return 0;
    if (path[0] == '/') return is_watched(path) && event(name);
    if (dir == AT_FDCWD) {
        if (!getcwd(full, PATH_MAX)) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        ssize_t length = readlink(link, full, PATH_MAX);
        if (length < 0) return 0;
        full[length] = 0;
    }
    strcat(full, "/");
    strncat(full, path, PATH_MAX - 1);
    return is_watched(full) && event(name);
}

static int fails_on(int fd, const char *name) {
    return fails_at(fd, ".", name);
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (fails_on(fd, "write")) {
        if (lasting && seen->count == at && size > 1) return real(fd, data, size / 2);  // a full disk
        return -1;
    }
    return real(fd, data, size);
}
ssize_t writev(int fd, const struct iovec *parts, int n) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    return fails_on(fd, "writev") ? -1 : real(fd, parts, n);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    return fails_on(fd, "pwrite") ? -1 : real(fd, data, size, offset);
}
ssize_t sendfile64(int out, int in, off64_t *offset, size_t size) {
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    return fails_on(out, "sendfile") ? -1 : real(out, in, offset, size);
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    return fails_on(out, "copy_file_range") ? -1 : real(in, from, out, to, size, flags);
}
int fsync(int fd) {
    REAL(int, fsync, int);
    return fails_on(fd, "fsync") ? -1 : real(fd);
}
int fdatasync(int fd) {
    REAL(int, fdatasync, int);
    return fails_on(fd, "fdatasync") ? -1 : real(fd);
}
int ftruncate64(int fd, off64_t size) {
    REAL(int, ftruncate64, int, off64_t);
    return fails_on(fd, "ftruncate") ? -1 : real(fd, size);
}
int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return fails_at(AT_FDCWD, to, "rename") ? -1 : real(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    return fails_at(b, to, "rename") ? -1 : real(a, from, b, to);
}
int link(const char *from, const char *to) {
    REAL(int, link, const char *, const char *);
    return fails_at(AT_FDCWD, to, "link") ? -1 : real(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    return fails_at(b, to, "link") ? -1 : real(a, from, b, to, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return fails_at(AT_FDCWD, path, "mkdir") ? -1 : real(path, mode);
}
int rmdir(const char *path) {
    REAL(int, rmdir, const char *);
    return fails_at(AT_FDCWD, path, "rmdir") ? -1 : real(path);
}
int unlink(const char *path) {
    REAL(int, unlink, const char *);
    return fails_at(AT_FDCWD, path, "unlink") ? -1 : real(path);
}
int unlinkat(int dir, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    return fails_at(dir, path, "unlink") ? -1 : real(dir, path, flags);
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
        return real(path, flags, mode); \
    }
#define OPENS_AT(name) \
    int name(int dir, const char *path, int flags, ...) { \
        REAL(int, name, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        if ((flags & CHANGES) && fails_at(dir, path, "open")) return -1; \
        return real(dir, path, flags, mode); \
    }
OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
