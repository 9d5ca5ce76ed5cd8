// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemorySegment;

/**
 * The functions of {@code mswsock} that Winsock hands out by {@code WSAIoctl}. Conventions as in {@link Winsock}.
 */
public interface WinsockExtensions {
    /** 0 or a negated code. */
    int acceptEx(MemorySegment capture, long listener, long accepted, long output, int receiveBytes, int localBytes,
            int remoteBytes, long received, long overlapped);

    /** Takes the output of {@link #acceptEx} apart: addresses of two pointers and two {@code int}s. */
    void getAcceptExSockaddrs(long output, int receiveBytes, int localBytes, int remoteBytes, long local,
            long localLength, long remote, long remoteLength);

    /** 0 or a negated code. */
    int connectEx(MemorySegment capture, long socket, long name, int nameBytes, long buffer, int bytes, long sent,
            long overlapped);

    /** 0 or a negated code. */
    int transmitFile(MemorySegment capture, long socket, long file, int bytes, int perSend, long overlapped,
            long headAndTail, int flags);

    /** 0 or a negated code. */
    int wsaRecvMsg(MemorySegment capture, long socket, long message, long received, long overlapped, long routine);

    /** 0 or a negated code. */
    int wsaSendMsg(MemorySegment capture, long socket, long message, int flags, long sent, long overlapped,
            long routine);
}
