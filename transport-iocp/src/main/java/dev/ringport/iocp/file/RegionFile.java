// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.iocp.abi.Kernel32;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * The file of a region that is being sent: open already, or opened by the worker that first needs it. Workers and the
 * loop use it in turns.
 */
final class RegionFile implements ReadChunks.ReadableFile {
    private final @Nullable Kernel32 kernel32;
    private final @Nullable File file;
    private @Nullable FileHandle handle;

    /** Of a file that is open: a reference to it is taken. */
    RegionFile(FileHandle open) {
        kernel32 = null;
        file = null;
        handle = (FileHandle) open.retain();
    }

    /** Of a file that is not open. */
    RegionFile(Kernel32 kernel32, File file) {
        this.kernel32 = kernel32;
        this.file = file;
    }

    /** The open file; null before {@link #open}. The reference is this object's. */
    @Nullable
    FileHandle handle() {
        return handle;
    }

    /**
     * Opens the file unless it is open. Blocks as long as the file system does.
     *
     * @throws FileNotFoundException for all that keeps it from being opened, as NIO, which opens a {@code RandomAccessFile}
     */
    FileHandle open() throws IOException {
        FileHandle known = handle;
        if (known == null) {
            known = openNow();
            handle = known;
        }
        return known;
    }

    private FileHandle openNow() throws IOException {
        Kernel32 calls = kernel32;
        File toOpen = file;
        if (calls == null || toOpen == null) {
            throw new IllegalStateException("closed");
        }
        try {
            return FileHandle.open(calls, toOpen.toPath());
        } catch (FileSystemException | InvalidPathException refused) {
            FileNotFoundException failure = new FileNotFoundException(toOpen + " (" + reason(refused) + ")");
            failure.initCause(refused);
            throw failure;
        }
    }

    /** Without the file's name, which messages of these exceptions start with or are. */
    private static @Nullable String reason(Exception refused) {
        return switch (refused) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "access is denied, or it is a directory";
            case FileSystemException other -> other.getReason();
            default -> refused.getMessage();
        };
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return open().read(into, position);
    }

    @Override
    public void close() {
        FileHandle known = handle;
        handle = null;
        if (known != null) {
            known.release();
        }
    }
}
