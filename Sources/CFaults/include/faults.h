/// A disk that fails, for tests in this process: the C library's write and sync calls pass through here.
///
/// Whatever a file held when it was last synced is its durable image. As on Linux, a sync that fails leaves the pages
/// written since as clean: they are in memory and not on disk, and a later sync that succeeds writes only what was
/// written after the failure.
#pragma once

/// Watches the files below a folder from now on. Returns 0, or -1 when too many folders are watched.
int faults_watch(const char *folder);

/// The nth sync below a watched folder from now on fails with EIO.
void faults_fail_sync(const char *folder, int nth);

/// How many syncs below a folder were asked for since it is watched.
int faults_syncs(const char *folder);

/// Writes the durable images of a watched folder's own files into another folder, under their names. Returns 0 or -1.
int faults_save_durable(const char *folder, const char *target);

/// Watches it no longer.
void faults_forget(const char *folder);
