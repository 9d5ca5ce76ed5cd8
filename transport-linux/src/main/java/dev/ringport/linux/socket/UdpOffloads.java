// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.socket;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whether this kernel cuts and joins datagrams, asked once a process. */
public final class UdpOffloads {
    /** Found at first use, which needs native access. */
    private static final class Found {
        static final boolean SEGMENTATION = knows(SocketConstants.UDP_SEGMENT, 0);
        static final boolean RECEIVING = knows(SocketConstants.UDP_GRO, 1);
    }

    private UdpOffloads() {}

    /** Whether {@code UDP_SEGMENT} is known. */
    public static boolean segmentation() {
        return Found.SEGMENTATION;
    }

    /** Whether {@code UDP_GRO} is known. */
    public static boolean receiving() {
        return Found.RECEIVING;
    }

    private static boolean knows(int option, int value) {
        MemorySegment capture = NativeCalls.threadCapture();
        int type = SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_CLOEXEC;
        int fd = Linux.socket(capture, SocketConstants.AF_INET, type, 0);
        if (fd < 0) {
            fd = Linux.socket(capture, SocketConstants.AF_INET6, type, 0);
        }
        if (fd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            return Linux.setsockopt(capture, fd, SocketConstants.SOL_UDP, option, number, Integer.BYTES) >= 0;
        } finally {
            Linux.close(capture, fd);
        }
    }
}
