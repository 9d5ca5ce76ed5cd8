// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;

import static dev.ringport.iocp.abi.WinsockConstants.FILE_FLAG_SEQUENTIAL_SCAN;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_DELETE;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_READ;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_WRITE;
import static dev.ringport.iocp.abi.WinsockConstants.GENERIC_READ;
import static dev.ringport.iocp.abi.WinsockConstants.OPEN_EXISTING;

/** A file open for reading. Closed with the last reference; an operation in flight holds one. */
public final class FileHandle extends AbstractReferenceCounted {
    /** What Windows takes without the prefix that lifts the limit. */
    private static final int SHORT_PATH = 240;

    private final Kernel32 kernel32;
    private final long handle;
    /** As it was when last asked for: to ask may block. */
    private volatile long size;

    private FileHandle(Kernel32 kernel32, long handle) {
        this.kernel32 = kernel32;
        this.handle = handle;
    }

    /**
     * Opens a file; others may read, write and delete it meanwhile. Blocks as long as the file system does.
     *
     * @throws ProviderMismatchException if the path is of another file system than the default one
     * @throws NoSuchFileException if there is none
     * @throws AccessDeniedException if it may not be read, or is a directory
     * @throws FileSystemException if it cannot be opened for another reason, as one that its user does not share
     */
    public static FileHandle open(Kernel32 kernel32, Path path) throws IOException {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new ProviderMismatchException(path + " is not of the default file system");
        }
        String name = fullName(path.toAbsolutePath().normalize().toString());
        try (Arena arena = Arena.ofConfined()) {
            long made = kernel32.createFileW(
                    NativeCalls.threadCapture(),
                    arena.allocateFrom(name, StandardCharsets.UTF_16LE).address(),
                    GENERIC_READ,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    0,
                    OPEN_EXISTING,
                    FILE_FLAG_SEQUENTIAL_SCAN,
                    0);
            if (made < 0) {
                throw failure(path, (int) -made);
            }
            FileHandle file = new FileHandle(kernel32, made);
            try {
                var _ = file.measure();
                return file;
            } catch (Throwable failed) {
                file.release();
                throw failed;
            }
        }
    }

    private static IOException failure(Path path, int code) {
        return switch (code) {
            case WindowsErrors.ERROR_FILE_NOT_FOUND, WindowsErrors.ERROR_PATH_NOT_FOUND ->
                new NoSuchFileException(path.toString());
            case WindowsErrors.ERROR_ACCESS_DENIED -> new AccessDeniedException(path.toString());
            default -> new FileSystemException(
                    path.toString(), null, "CreateFileW failed: " + WindowsErrors.describe(code) + " (" + code + ")");
        };
    }

    private static String fullName(String path) {
        if (path.length() < SHORT_PATH || path.startsWith("\\\\?\\") || path.startsWith("\\\\.\\")) {
            return path;
        }
        return path.startsWith("\\\\") ? "\\\\?\\UNC" + path.substring(1) : "\\\\?\\" + path;
    }

    long handle() {
        return handle;
    }

    /** The file's length in bytes when it was opened or measured last. */
    long size() {
        return size;
    }

    /** The file's length in bytes. Blocks as long as the file system does. */
    long measure() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(ValueLayout.JAVA_LONG);
            int result = kernel32.getFileSizeEx(NativeCalls.threadCapture(), handle, length.address());
            if (result < 0) {
                throw WindowsErrors.exception("GetFileSizeEx", -result);
            }
            long measured = length.get(ValueLayout.JAVA_LONG, 0);
            size = measured;
            return measured;
        }
    }

    /**
     * Reads at a position, into a direct buffer. Blocks as long as the file system does.
     *
     * @return bytes, or -1 at the end of the file
     */
    int read(ByteBuffer into, long position) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment overlapped = arena.allocate(Overlapped.LAYOUT);
            MemorySegment got = arena.allocate(ValueLayout.JAVA_INT);
            Overlapped.offset(overlapped, 0, (int) position);
            Overlapped.offsetHigh(overlapped, 0, (int) (position >>> Integer.SIZE));
            // The handle is synchronous: the call returns when it is done, and nothing keeps the memory.
            int result = kernel32.readFile(
                    NativeCalls.threadCapture(), handle, BufferAddress.of(into), into.remaining(), got.address(),
                    overlapped.address());
            if (result == -WindowsErrors.ERROR_HANDLE_EOF) {
                return -1;
            }
            if (result < 0) {
                throw WindowsErrors.exception("ReadFile", -result);
            }
            int bytes = got.get(ValueLayout.JAVA_INT, 0);
            into.position(into.position() + bytes);
            return bytes > 0 ? bytes : -1;
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        kernel32.closeHandle(NativeCalls.threadCapture(), handle);
    }
}
