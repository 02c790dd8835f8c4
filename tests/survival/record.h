// Records what was changed below the watched folder: a line each, tabs between its words, and the
// bytes that belong to it.

static int trace = -1;

void record_to(int fd) { trace = fd; }

static ssize_t (*real_write)(int, const void *, size_t);

static void record(const void *data, size_t size, const char *form, ...) {
    char *line = malloc(3 * PATH_MAX + size);
    va_list rest;
    va_start(rest, form);
    size_t length = vsnprintf(line, 3 * PATH_MAX, form, rest);
    va_end(rest);
    if (size) memcpy(line + length, data, size);
    if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
    if (real_write(trace, line, length + size) != (ssize_t)(length + size)) abort();
    free(line);
}

void note(const char *text) {
    if (trace >= 0) record(NULL, 0, "note\t%s\n", text);
}

// Record that a file has got this name, and lost its other: renamed by a call that is not ours to see.
void renamed(const char *path) {
    struct stat about;
    if (trace >= 0 && whole(AT_FDCWD, path) && !stat(path, &about))
        record(NULL, 0, "renamed\t%ld\t%s\n", (long)about.st_ino, path);
}

static long number(int fd) {
    struct stat about;
    return fstat(fd, &about) ? 0 : (long)about.st_ino;
}

static int recorded(int fd) { return trace >= 0 && whole(fd, "."); }

// What a call has written to a file that it left at `to`, read back where it is not at hand.
static void record_written(int fd, const void *data, ssize_t size, off64_t at_) {
    if (size <= 0) return;
    char *copy = NULL;
    if (!data) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        FILE *again = fopen(link, "r");
        copy = malloc(size);
        if (!again || fseeko(again, at_, SEEK_SET) || fread(copy, 1, size, again) != (size_t)size) abort();
        fclose(again);
    }
    record(data ? data : copy, size, "write\t%ld\t%ld\t%ld\n", number(fd), (long)at_, (long)size);
    free(copy);
}

static off64_t place_of(int fd) {
    return fcntl(fd, F_GETFL) & O_APPEND ? lseek64(fd, 0, SEEK_END) : lseek64(fd, 0, SEEK_CUR);
}

static int record_paths(const char *kind, const char *from, int dir, const char *to, int result) {
    static __thread char source[2 * PATH_MAX];
    if (result || trace < 0) return result;
    if (from) snprintf(source, sizeof source, "%s\t", from);
    const char *target = whole(dir, to);
    if (target) record(NULL, 0, "%s\t%s%s\n", kind, from ? source : "", target);
    return result;
}

static int record_pair(const char *kind, int a, const char *from, int b, const char *to, int result) {
    static __thread char source[2 * PATH_MAX];
    if (result || trace < 0 || !whole(a, from)) return result;
    snprintf(source, sizeof source, "%s", whole(a, from));
    return record_paths(kind, source, b, to, result);
}

static int record_open(int dir, const char *path, int flags, int fresh, int fd) {
    if (fd < 0 || trace < 0 || !(flags & O_CREAT || flags & O_TRUNC)) return fd;
    const char *full = whole(dir, path);
    if (!full) return fd;
    if (fresh) record(NULL, 0, "create\t%ld\t%s\n", number(fd), full);
    else if (flags & O_TRUNC) record(NULL, 0, "truncate\t%ld\t0\n", number(fd));
    return fd;
}

static int is_fresh(int dir, const char *path, int flags) {
    struct stat about;
    int known = errno;
    int fresh = (flags & O_CREAT) && fstatat(dir, path, &about, AT_SYMLINK_NOFOLLOW);
    errno = known;
    return fresh;
}
