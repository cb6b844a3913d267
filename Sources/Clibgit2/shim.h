#pragma once
#include <git2.h>
#include <git2/sys/mempack.h>

#if LIBGIT2_VER_MAJOR < 1 || (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 5)
#error "Purser needs libgit2 1.5 or newer"
#endif

/* git_libgit2_opts is variadic, which Swift cannot call. */
static inline int purser_git_fsync_gitdir(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}
