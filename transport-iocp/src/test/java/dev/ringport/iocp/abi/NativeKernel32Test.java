// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import static dev.ringport.iocp.abi.WinsockConstants.FILE_FLAG_OVERLAPPED;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_READ;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
import static dev.ringport.iocp.abi.WinsockConstants.FileReplaceCompletionInformation;
import static dev.ringport.iocp.abi.WinsockConstants.GENERIC_READ;
import static dev.ringport.iocp.abi.WinsockConstants.OPEN_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

/** The functions of {@code kernel32} and {@code ntdll} on the system that the tests run on. */
@EnabledOnOs(OS.WINDOWS)
class NativeKernel32Test extends NativeFixture {
    /** Sets a handle's port, once; documented for drivers. */
    private static final int FILE_COMPLETION_INFORMATION = 30;
    private static final long KEY = 0x1122_3344_5566_7788L;
    private static final long NO_HANDLE = 0x7fff_fff0L;

    @Test
    void postedPacketsComeInOrderWithAllThatWasPosted() {
        long port = port();
        assertThat(kernel32.postQueuedCompletionStatus(capture, port, 0x7654_3210, KEY, 0x1234_5678_9abcL)).isZero();
        assertThat(kernel32.postQueuedCompletionStatus(capture, port, 2, 3, 4)).isZero();

        MemorySegment entries = arena.allocate(OverlappedEntry.LAYOUT, 3);
        int taken = kernel32.getQueuedCompletionStatusEx(
                capture, port, entries.address(), 3, count.address(), PATIENCE_MILLIS, false);

        assertThat(taken).isEqualTo(2);
        assertThat(OverlappedEntry.lpCompletionKey(entries, 0)).isEqualTo(KEY);
        assertThat(OverlappedEntry.lpOverlapped(entries, 0)).isEqualTo(0x1234_5678_9abcL);
        assertThat(OverlappedEntry.dwNumberOfBytesTransferred(entries, 0)).isEqualTo(0x7654_3210);
        assertThat(OverlappedEntry.internal(entries, 0)).isZero();
        assertThat(OverlappedEntry.lpCompletionKey(entries, OverlappedEntry.BYTES)).isEqualTo(3);
        assertThat(OverlappedEntry.lpOverlapped(entries, OverlappedEntry.BYTES)).isEqualTo(4);
    }

    @Test
    void noMorePacketsAreTakenThanThereIsRoomFor() {
        long port = port();
        for (int i = 1; i <= 3; i++) {
            assertThat(kernel32.postQueuedCompletionStatus(capture, port, i, 0, 0)).isZero();
        }
        MemorySegment entries = arena.allocate(OverlappedEntry.LAYOUT, 2);

        assertThat(kernel32.getQueuedCompletionStatusEx(
                capture, port, entries.address(), 2, count.address(), PATIENCE_MILLIS, false)).isEqualTo(2);
        assertThat(OverlappedEntry.dwNumberOfBytesTransferred(packet(port), 0)).isEqualTo(3);
    }

    @Test
    void aTimeoutIsNoPacketWhateverTheCountSays() {
        MemorySegment entries = arena.allocate(OverlappedEntry.LAYOUT, 2);

        assertThat(kernel32.getQueuedCompletionStatusEx(
                capture, port(), entries.address(), 2, count.address(), 1, false))
                .isEqualTo(-WindowsErrors.WAIT_TIMEOUT);
    }

    @Test
    void aHandleThatIsNoneCannotBeAssociatedPostedToOrClosed() {
        assertThat(kernel32.createIoCompletionPort(capture, NO_HANDLE, port(), 0, 0))
                .isEqualTo(-WindowsErrors.ERROR_INVALID_HANDLE);
        assertThat(kernel32.postQueuedCompletionStatus(capture, NO_HANDLE, 0, 0, 0))
                .isEqualTo(-WindowsErrors.ERROR_INVALID_HANDLE);
        assertThat(kernel32.closeHandle(capture, NO_HANDLE)).isEqualTo(-WindowsErrors.ERROR_INVALID_HANDLE);
    }

    @Test
    void aSocketBelongsToOnePort() {
        long socket = datagram();
        portOf(socket);

        assertThat(kernel32.createIoCompletionPort(capture, socket, port(), 0, 0))
                .isEqualTo(-WindowsErrors.ERROR_INVALID_PARAMETER);
    }

    @Test
    void aCancelledReceiveEndsSoAndNoOther() {
        long socket = datagram();
        long port = portOf(socket);
        MemorySegment first = receiveOn(socket);
        MemorySegment second = receiveOn(socket);

        assertThat(kernel32.cancelIoEx(capture, socket, second.address())).isZero();
        MemorySegment packet = packet(port);

        assertThat(OverlappedEntry.lpOverlapped(packet, 0)).isEqualTo(second.address());
        assertThat(OverlappedEntry.lpCompletionKey(packet, 0)).isEqualTo(socket);
        assertThat(WindowsErrors.fromStatus(OverlappedEntry.internal(packet, 0)))
                .isEqualTo(WindowsErrors.WSA_OPERATION_ABORTED);
        assertThat(kernel32.cancelIoEx(capture, socket, 0)).isZero();
        assertThat(OverlappedEntry.lpOverlapped(packet(port), 0)).isEqualTo(first.address());
        assertThat(kernel32.cancelIoEx(capture, socket, first.address())).isEqualTo(-WindowsErrors.ERROR_NOT_FOUND);
    }

    private MemorySegment receiveOn(long socket) {
        MemorySegment overlapped = overlapped();
        assertThat(winsock.wsaRecv(
                capture, socket, buffers(room(16)).address(), 1, 0, flags.address(), overlapped.address(), 0))
                .isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        return overlapped;
    }

    @Test
    void withTheModeSetAnOperationThatEndsAtOncePostsNoPacket() {
        long[] pair = pair();
        long port = portOf(pair[0]);
        assertThat(kernel32.setFileCompletionNotificationModes(capture, pair[0], FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
                .isZero();
        assertThat(winsock.wsaSend(
                capture, pair[0], buffers(bytes("x")).address(), 1, count.address(), 0, overlapped().address(), 0))
                .isZero();
        assertThat(kernel32.postQueuedCompletionStatus(capture, port, 7, 0, 0)).isZero();

        assertThat(OverlappedEntry.dwNumberOfBytesTransferred(packet(port), 0)).isEqualTo(7);
        assertThat(kernel32.setFileCompletionNotificationModes(capture, NO_HANDLE, 1)).isNegative();
    }

    @Test
    void aFileOpensByItsWideNameAndAMissingOneDoesNot(@TempDir(cleanup = CleanupMode.NEVER) Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("gr\u00fc\u00df\u4e16.txt"), "text");

        long handle = openForReading(file, FILE_SHARE_READ);
        assertThat(handle).isPositive();
        assertThat(Files.readString(file)).isEqualTo("text");
        assertThat(kernel32.closeHandle(capture, handle)).isZero();
        assertThat(kernel32.closeHandle(capture, handle)).isEqualTo(-WindowsErrors.ERROR_INVALID_HANDLE);
        assertThat(openForReading(directory.resolve("missing"), FILE_SHARE_READ))
                .isEqualTo(-WindowsErrors.ERROR_FILE_NOT_FOUND);
    }

    @Test
    void aFileIsMeasuredAndReadAtAnOffset(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws IOException {
        long handle = kernel32.createFileW(
                capture, wide(Files.writeString(directory.resolve("file"), "0123456789").toString()).address(),
                GENERIC_READ, FILE_SHARE_READ, 0, OPEN_EXISTING, 0, 0);
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        assertThat(kernel32.getFileSizeEx(capture, handle, size.address())).isZero();
        assertThat(size.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(10);

        MemorySegment overlapped = overlapped();
        Overlapped.offset(overlapped, 0, 7);
        MemorySegment into = room(16);
        assertThat(kernel32.readFile(capture, handle, into.address(), 16, count.address(), overlapped.address()))
                .isZero();
        assertThat(count.get(ValueLayout.JAVA_INT, 0)).isEqualTo(3);
        assertThat(into.asSlice(0, 3).toArray(ValueLayout.JAVA_BYTE)).containsExactly('7', '8', '9');
        Overlapped.offset(overlapped, 0, 10);
        assertThat(kernel32.readFile(capture, handle, into.address(), 16, count.address(), overlapped.address()))
                .isEqualTo(-WindowsErrors.ERROR_HANDLE_EOF);

        assertThat(kernel32.closeHandle(capture, handle)).isZero();
        assertThat(kernel32.getFileSizeEx(capture, handle, size.address()))
                .isEqualTo(-WindowsErrors.ERROR_INVALID_HANDLE);
    }

    @Test
    void theVersionIsTold() {
        MemorySegment version = arena.allocate(Osversioninfoexw.LAYOUT);
        Osversioninfoexw.dwOSVersionInfoSize(version, 0, (int) Osversioninfoexw.BYTES);
        assertThat(calls.ntdll().rtlGetVersion(version.address())).isZero();
        assertThat(Osversioninfoexw.dwMajorVersion(version, 0)).isGreaterThanOrEqualTo(10);
        assertThat(Osversioninfoexw.wProductType(version, 0)).isBetween(1, 3);
        assertThat(WindowsVersion.isClient(calls.ntdll()))
                .isEqualTo(Osversioninfoexw.wProductType(version, 0) == WinsockConstants.VER_NT_WORKSTATION);
    }

    @Test
    void aFileThatIsNotSharedOpensOnce(@TempDir(cleanup = CleanupMode.NEVER) Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        ownHandle(openForReading(file, 0));

        assertThat(openForReading(file, FILE_SHARE_READ)).isEqualTo(-WindowsErrors.ERROR_SHARING_VIOLATION);
        closeAll();
    }

    private long openForReading(Path file, int share) {
        return kernel32.createFileW(capture, wide(file.toString()).address(), GENERIC_READ, share, 0, OPEN_EXISTING,
                FILE_FLAG_OVERLAPPED, 0);
    }

    @Test
    void informationOfAFileReachesTheSystem() {
        long socket = datagram();
        long port = port();
        MemorySegment status = arena.allocate(IoStatusBlock.LAYOUT);
        MemorySegment information = arena.allocate(FileCompletionInformation.LAYOUT);
        FileCompletionInformation.port(information, 0, port);
        FileCompletionInformation.key(information, 0, KEY);

        assertThat(calls.ntdll()
                .ntSetInformationFile(socket, status.address(), information.address(),
                        (int) FileCompletionInformation.BYTES, FILE_COMPLETION_INFORMATION))
                .isZero();
        receiveOn(socket);
        assertThat(kernel32.cancelIoEx(capture, socket, 0)).isZero();
        assertThat(OverlappedEntry.lpCompletionKey(packet(port), 0)).isEqualTo(KEY);
    }

    @Test
    void aSocketMovesToAnotherPortWhereTheSystemCanMoveIt() {
        long socket = datagram();
        portOf(socket);
        long to = port();
        MemorySegment status = arena.allocate(IoStatusBlock.LAYOUT);
        MemorySegment information = arena.allocate(FileCompletionInformation.LAYOUT);
        FileCompletionInformation.port(information, 0, to);

        int result = calls.ntdll()
                .ntSetInformationFile(socket, status.address(), information.address(),
                        (int) FileCompletionInformation.BYTES, FileReplaceCompletionInformation);

        if (isWine()) {
            assertThat(WindowsErrors.fromStatus(result)).isEqualTo(WindowsErrors.WSAEOPNOTSUPP);
        } else {
            assertThat(result).isZero();
            receiveOn(socket);
            assertThat(kernel32.cancelIoEx(capture, socket, 0)).isZero();
            assertThat(OverlappedEntry.lpOverlapped(packet(to), 0)).isNotZero();
        }
    }
}
