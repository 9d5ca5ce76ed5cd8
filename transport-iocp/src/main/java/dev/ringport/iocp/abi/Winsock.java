// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemorySegment;

/**
 * The functions of {@code ws2_32} that the transport, the resolver and the self-test call. A {@code SOCKET} is a
 * {@code long}, as all pointers are. A failure is the negated Winsock error code; {@code capture} is the segment that the
 * code is captured in, one of the calling thread. An overlapped call that is under way answers {@code -WSA_IO_PENDING}. An
 * interface so that tests can answer as Windows would where no Windows is at hand.
 */
public interface Winsock {
    /** 0 or a negated code. */
    int wsaStartup(int version, long data);

    /** 0 or a negated code. */
    int wsaCleanup(MemorySegment capture);

    /** The socket, or a negated code. */
    long wsaSocketW(MemorySegment capture, int family, int type, int protocol, long protocolInfo, int group, int flags);

    /** 0 or a negated code. */
    int bind(MemorySegment capture, long socket, long name, int nameBytes);

    /** 0 or a negated code. */
    int listen(MemorySegment capture, long socket, int backlog);

    /** The accepted socket, or a negated code. */
    long accept(MemorySegment capture, long socket, long name, long nameBytes);

    /** 0 or a negated code. */
    int connect(MemorySegment capture, long socket, long name, int nameBytes);

    /** 0 or a negated code. */
    int shutdown(MemorySegment capture, long socket, int how);

    /** 0 or a negated code. */
    int closesocket(MemorySegment capture, long socket);

    /** 0 or a negated code. {@code valueBytes} is the address of an {@code int}. */
    int getsockopt(MemorySegment capture, long socket, int level, int name, long value, long valueBytes);

    /** 0 or a negated code. */
    int setsockopt(MemorySegment capture, long socket, int level, int name, long value, int valueBytes);

    /** 0 or a negated code. */
    int getsockname(MemorySegment capture, long socket, long name, long nameBytes);

    /** 0 or a negated code. */
    int getpeername(MemorySegment capture, long socket, long name, long nameBytes);

    /** Bytes sent, or a negated code. */
    int send(MemorySegment capture, long socket, long buffer, int bytes, int flags);

    /** Bytes received, 0 at the end of the stream, or a negated code. */
    int recv(MemorySegment capture, long socket, long buffer, int bytes, int flags);

    /** 0 or a negated code. */
    int wsaSend(MemorySegment capture, long socket, long buffers, int count, long sent, int flags, long overlapped,
            long routine);

    /** 0 or a negated code. */
    int wsaRecv(MemorySegment capture, long socket, long buffers, int count, long received, long flags, long overlapped,
            long routine);

    /** 0 or a negated code. */
    int wsaSendTo(MemorySegment capture, long socket, long buffers, int count, long sent, int flags, long to,
            int toBytes, long overlapped, long routine);

    /** 0 or a negated code. */
    int wsaRecvFrom(MemorySegment capture, long socket, long buffers, int count, long received, long flags, long from,
            long fromBytes, long overlapped, long routine);

    /** 0 or a negated code. */
    int wsaIoctl(MemorySegment capture, long socket, int code, long in, int inBytes, long out, int outBytes,
            long returned, long overlapped, long routine);

    /** How many descriptors have events, or a negated code. */
    int wsaPoll(MemorySegment capture, long descriptors, int count, int millis);

    /** The calling thread's last error. Through the FFM API it tells what the JVM left there: errors come from the capture. */
    int wsaGetLastError();

    /** Sets the calling thread's last error. */
    void wsaSetLastError(int code);

    /** 0 or a negated code. */
    int wsaGetOverlappedResult(MemorySegment capture, long socket, long overlapped, long transferred, boolean wait,
            long flags);

    /** 0 or a negated code. The names are wide and null-terminated, {@code result} is the address of a pointer. */
    int getAddrInfoW(long node, long service, long hints, long result);

    /** Frees what {@link #getAddrInfoW} gave. */
    void freeAddrInfoW(long result);

    /** 0 or a negated code, {@code -WSA_IO_PENDING} when the routine or event will tell. {@code handle} is the address of a handle to cancel with. */
    int getAddrInfoExW(long node, long service, int nameSpace, long provider, long hints, long result, long timeout,
            long overlapped, long routine, long handle);

    /** 0 or a negated code. */
    int getAddrInfoExCancel(long handle);

    /** 0 or a negated code: how the lookup ended. */
    int getAddrInfoExOverlappedResult(long overlapped);

    /** Frees what {@link #getAddrInfoExW} gave. */
    void freeAddrInfoExW(long result);

    /** 0 or a negated code. Lengths in characters. */
    int getNameInfoW(long name, int nameBytes, long node, int nodeLength, long service, int serviceLength, int flags);

    /** 0 or a negated code. {@code textLength} is the address of a {@code DWORD}, in characters. */
    int wsaAddressToStringW(MemorySegment capture, long name, int nameBytes, long protocolInfo, long text,
            long textLength);

    /** 0 or a negated code. */
    int wsaStringToAddressW(MemorySegment capture, long text, int family, long protocolInfo, long name, long nameBytes);

    /** 0 or a negated code. */
    int wsaGetQosByName(MemorySegment capture, long socket, long name, long qos);
}
