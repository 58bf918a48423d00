/*
 * A library that forwards every call to its successor of another major version: JCuda's natives ask
 * for libcublas.so.12 and libnvrtc.so.12, a machine with CUDA 13 has libcublas.so.13 and
 * libnvrtc.so.13. The functions that we call have the same names, arguments and constants in both.
 *
 * Compiled once per library by scripts/cuda13-forwarding.sh, which defines
 *   SYMBOLS       file of lines FORWARD(name), one per function
 *   SONAME        the name that is forwarded: "libcublas.so.12"
 *   TARGET        the library that does the work: "libcublas.so.13"
 *   DIRECTORIES   where to look for TARGET first, separated by colons; may be ""
 *   MISSING_CODE  what a function that TARGET lacks returns: the library's "not supported"
 *
 * TARGET is looked for in the directories of the environment variable NST_CUDA13_LIB, then in
 * DIRECTORIES, then by name, which finds one that is loaded already and those on the loader path.
 * libnvrtc.so.13 needs its libnvrtc-builtins loaded already, or on the loader path. With
 * NST_FORWARD_TRACE in the environment, what was found and what it lacks goes to stderr.
 *
 * x86-64 Linux and GNU C only: arguments stay in their registers and on the stack because each
 * function is a single jump.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report(const char *text, const char *what) {
  fprintf(stderr, "nst: %s (forwarding to %s): %s%s\n", SONAME, TARGET, text, what);
}

static int ends_with(const char *name, const char *end) {
  size_t length = strlen(name);
  size_t ending = strlen(end);
  return length >= ending && strcmp(name + length - ending, end) == 0;
}

/* Returns a status, or a text from the functions that name a status; both travel in one register. */
static intptr_t missing(const char *name) {
  report("call of a missing function: ", name);
  int names_a_status = ends_with(name, "ErrorString") || ends_with(name, "GetStatusString") ||
                       ends_with(name, "GetStatusName");
  return names_a_status ? (intptr_t) "a status of " TARGET ", which was not found" : MISSING_CODE;
}

/* One slot per function: where its jump goes. Until found, to a function that says what is missing. */
#define FORWARD(name)                                                  \
  static intptr_t missing_##name(void) { return missing(#name); }      \
  __attribute__((visibility("hidden"))) void *slot_##name = (void *)missing_##name; \
  __asm__(".pushsection .text\n"                                       \
          ".globl " #name "\n"                                         \
          ".type " #name ", @function\n"                               \
          #name ":\n"                                                  \
          "  endbr64\n"                                                \
          "  jmp *slot_" #name "(%rip)\n"                              \
          ".size " #name ", . - " #name "\n"                           \
          ".popsection\n");
#include SYMBOLS
#undef FORWARD

static const struct {
  const char *name;
  void **slot;
} functions[] = {
#define FORWARD(name) {#name, &slot_##name},
#include SYMBOLS
#undef FORWARD
};

/* Opens TARGET in the first of a list of directories that has a usable one. */
static void *open_in(const char *directories, int trace) {
  while (directories && *directories) {
    size_t length = strcspn(directories, ":");
    char path[4096];
    int wanted = snprintf(path, sizeof path, "%.*s/%s", (int)length, directories, TARGET);
    if (length > 0 && wanted < (int)sizeof path) {
      void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
      if (library) {
        return library;
      }
      const char *reason = dlerror();
      if (trace) {
        report("passed over: ", reason ? reason : path);
      }
    }
    directories += length + (directories[length] == ':');
  }
  return NULL;
}

static void trace_origin(void *function) {
  Dl_info origin;
  if (function && dladdr(function, &origin)) {
    report("found ", origin.dli_fname);
  }
}

__attribute__((constructor)) static void connect(void) {
  int trace = getenv("NST_FORWARD_TRACE") != NULL;
  void *library = open_in(getenv("NST_CUDA13_LIB"), trace);
  if (!library) {
    library = open_in(DIRECTORIES, trace);
  }
  if (!library) {
    library = dlopen(TARGET, RTLD_NOW | RTLD_LOCAL);
  }
  if (!library) {
    const char *reason = dlerror();
    report("it cannot be opened, so every call will fail: ", reason ? reason : "no reason given");
    return;
  }
  void *first = NULL;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = dlsym(library, functions[i].name);
    if (function) {
      *functions[i].slot = function;
      first = first ? first : function;
    } else if (trace) {
      report("it lacks ", functions[i].name);
    }
  }
  if (trace) {
    trace_origin(first);
  }
}
