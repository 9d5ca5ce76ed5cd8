// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WsaProtocolChain;
import dev.ringport.iocp.abi.WsaProtocolInfow;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_SET_EVENT_ON_HANDLE;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_PROTOCOL_INFOW;
import static dev.ringport.iocp.abi.WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE;
import static dev.ringport.iocp.abi.WinsockConstants.UDP_SEND_MSG_SIZE;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_NO_HANDLE_INHERIT;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_OVERLAPPED;
import static dev.ringport.iocp.abi.WinsockConstants.XP1_IFS_HANDLES;

/**
 * What this Windows can do beyond the least, each found by doing it on sockets and ports that are closed again, but for
 * {@code qwave}, of which only the library is looked for.
 *
 * @param segmentation trains of datagrams go out with one call
 * @param coalescing trains of datagrams come in whole
 * @param skippedPackets operations that succeed at once post no packet
 * @param moving sockets can be moved to another completion port, as {@link MoveProbe} found
 * @param quality {@code qwave} is there to mark traffic; whether this program may is found with its first mark
 */
public record Features(
        Feature segmentation, Feature coalescing, Feature skippedPackets, Feature moving, Feature quality) {
    private static final int SEGMENT_BYTES = 1232;
    private static final int COALESCED_BYTES = 65_535;

    /** One of them: on, or off and why. */
    public record Feature(boolean on, String why) {
        static final Feature ON = new Feature(true, "");

        static Feature off(String why) {
            return new Feature(false, why);
        }

        /** What the answer of a call says. */
        public static Feature of(String call, int result) {
            return result >= 0 ? ON : off(call + ": " + WindowsErrors.describe(-result));
        }

        @Override
        public String toString() {
            return on ? "on" : "off (" + why + ")";
        }
    }

    /** One attempt on a new socket. */
    private interface Attempt {
        Feature on(long socket, Arena arena, MemorySegment capture);
    }

    /** Found at first use: whoever only opens channels does not pay for it. */
    private static final class OfThisSystem {
        static final Features FOUND = find(WindowsCalls.system());
    }

    /** What the Windows can do that this is. */
    public static Features ofThisSystem() {
        return OfThisSystem.FOUND;
    }

    /** Finds it. */
    public static Features find(WindowsCalls calls) {
        return new Features(
                with(calls, SOCK_DGRAM, number(calls, "UDP_SEND_MSG_SIZE", UDP_SEND_MSG_SIZE, SEGMENT_BYTES)),
                with(
                        calls, SOCK_DGRAM,
                        number(
                                calls, "UDP_RECV_MAX_COALESCED_SIZE", UDP_RECV_MAX_COALESCED_SIZE, COALESCED_BYTES)),
                with(calls, SOCK_STREAM, (socket, arena, capture) -> skippedPackets(calls, socket, arena, capture)),
                moving(calls),
                quality(calls));
    }

    private static Feature with(WindowsCalls calls, int type, Attempt attempt) {
        MemorySegment capture = NativeCalls.threadCapture();
        long socket = socket(calls, AF_INET, type, capture);
        if (socket < 0) {
            socket = socket(calls, AF_INET6, type, capture);
        }
        if (socket < 0) {
            return Feature.of("WSASocketW", (int) socket);
        }
        try (Arena arena = Arena.ofConfined()) {
            return attempt.on(socket, arena, capture);
        } finally {
            calls.winsock().closesocket(capture, socket);
        }
    }

    private static long socket(WindowsCalls calls, int family, int type, MemorySegment capture) {
        return calls.winsock().wsaSocketW(
                capture, family, type, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, 0, 0,
                WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    }

    private static Attempt number(WindowsCalls calls, String name, int option, int value) {
        return (socket, arena, capture) -> Feature.of(
                "setsockopt(" + name + ")", set(calls, socket, arena, capture, IPPROTO_UDP, option, value));
    }

    private static int set(
            WindowsCalls calls, long socket, Arena arena, MemorySegment capture, int level, int option, int value) {
        return calls.winsock().setsockopt(
                capture, socket, level, option, arena.allocateFrom(ValueLayout.JAVA_INT, value).address(),
                Integer.BYTES);
    }

    private static Feature skippedPackets(WindowsCalls calls, long socket, Arena arena, MemorySegment capture) {
        MemorySegment info = arena.allocate(WsaProtocolInfow.LAYOUT);
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) WsaProtocolInfow.BYTES);
        int asked = calls.winsock().getsockopt(
                capture, socket, SOL_SOCKET, SO_PROTOCOL_INFOW, info.address(), length.address());
        if (asked < 0) {
            return Feature.of("getsockopt(SO_PROTOCOL_INFOW)", asked);
        }
        if ((WsaProtocolInfow.dwServiceFlags1(info, 0) & XP1_IFS_HANDLES) == 0) {
            return Feature.off("a layered provider stands between, its sockets lack XP1_IFS_HANDLES");
        }
        int providers = WsaProtocolChain.chainLen(info, WsaProtocolInfow.PROTOCOL_CHAIN);
        if (providers != 1) {
            return Feature.off("layered providers stand between, " + providers + " in all");
        }
        return Feature.of(
                "SetFileCompletionNotificationModes",
                calls.kernel32().setFileCompletionNotificationModes(
                        capture, socket, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE));
    }

    private static Feature moving(WindowsCalls calls) {
        String refusal = MoveProbe.refusal(calls);
        return refusal.isEmpty() ? Feature.ON : Feature.off(refusal);
    }

    /** No handle is asked for: that would start a service which nobody may need. It is asked for with the first mark. */
    private static Feature quality(WindowsCalls calls) {
        return calls.hasQwave() ? Feature.ON : Feature.off("this system has no qwave");
    }

    /** On and off, with the reasons. */
    @Override
    public String toString() {
        return "UDP_SEND_MSG_SIZE " + segmentation + "; UDP_RECV_MAX_COALESCED_SIZE " + coalescing
                + "; skipped packets " + skippedPackets + "; moving between loops " + moving
                + "; qWAVE " + quality;
    }
}
