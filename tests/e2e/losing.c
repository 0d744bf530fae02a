// Preloaded into the program: OpenGL comes through EGL, and as soon as the file that LOSE_WINDOW
// names is there, the next frame is refused as by a driver that has lost its context, once.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void *(*Open)(const char *, int);
typedef void *(*Find)(void *, const char *);
typedef unsigned (*Swap)(void *, void *);
typedef int (*Error)(void);

static Swap real_swap;
static Error real_error;
static int is_lost;

// By version, since asking for it by name would ask ourselves.
static void *original(const char *name)
{
    static const char *const versions[] = {"GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.34"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; ++i) {
        void *found = dlvsym(RTLD_NEXT, name, versions[i]);
        if (found)
            return found;
    }
    abort();
}

static unsigned swap(void *display, void *surface)
{
    const char *path = getenv("LOSE_WINDOW");
    if (path && unlink(path) == 0) {
        is_lost = 1;
        return 0;
    }
    return real_swap(display, surface);
}

static int error(void)
{
    if (is_lost) {
        is_lost = 0;
        return 0x300E; // EGL_CONTEXT_LOST
    }
    return real_error();
}

void *dlopen(const char *name, int flags)
{
    static Open real;
    if (!real)
        real = (Open)original("dlopen");
    if (name && (strncmp(name, "libGL.so", 8) == 0 || strncmp(name, "libGLX", 6) == 0))
        return NULL;
    return real(name, flags);
}

void *dlsym(void *library, const char *name)
{
    static Find real;
    if (!real)
        real = (Find)original("dlsym");
    void *found = real(library, name);
    if (found && strcmp(name, "eglSwapBuffers") == 0) {
        real_swap = (Swap)found;
        return (void *)swap;
    }
    if (found && strcmp(name, "eglGetError") == 0) {
        real_error = (Error)found;
        return (void *)error;
    }
    return found;
}
