// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsapollfd;
import io.netty.channel.IoHandlerFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import static dev.ringport.iocp.abi.WinsockConstants.POLLERR;

/**
 * The system's calls, for tests of what a reset looks like.
 *
 * <p>Linux tells an error of a socket once. The server process of Wine 8 takes it when a reset arrives while no receive is
 * waiting, and the next receive succeeds with no bytes, as at the end of the stream: Windows fails it. The server knows
 * nevertheless, and answers WSAPoll with POLLERR. So there, and only then, such a receive fails here too.
 */
public final class ToldResets {
    private ToldResets() {}

    static WindowsCalls calls() {
        return over(WindowsCalls.system());
    }

    /** The same over calls that are not yet those of {@link WindowsCalls#system}. */
    public static WindowsCalls over(WindowsCalls system) {
        ReplacedCalls calls = new ReplacedCalls();
        if (Wine.isHere()) {
            calls.on("wsaRecv", (real, arguments) -> {
                int result = (int) real.call();
                boolean ended = result == 0 && room(arguments) > 0 && received(arguments) == 0;
                return ended && isBroken(system.winsock(), (long) arguments[1]) ? -WindowsErrors.WSAECONNRESET : result;
            }).on("recv", (real, arguments) -> {
                int result = (int) real.call();
                return result == 0 && isBroken(system.winsock(), (long) arguments[1])
                        ? -WindowsErrors.WSAECONNRESET
                        : result;
            });
        }
        return calls.over(system);
    }

    /** Loops that call them. */
    public static IoHandlerFactory factory() {
        return IocpIoHandler.newFactory(new IocpIoHandlerConfig().calls(calls()));
    }

    private static int room(Object[] arguments) {
        return Wsabuf.len(NativeMemory.at((long) arguments[2], Wsabuf.BYTES), 0);
    }

    private static int received(Object[] arguments) {
        return NativeMemory.at((long) arguments[4], Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
    }

    private static boolean isBroken(Winsock winsock, long socket) {
        return (ends(winsock, socket) & POLLERR) != 0;
    }

    /** What the system knows of the end of a connection: {@code POLLHUP}, {@code POLLERR} or 0. */
    static int ends(long socket) {
        return ends(WindowsCalls.system().winsock(), socket);
    }

    private static int ends(Winsock winsock, long socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(Wsapollfd.LAYOUT);
            Wsapollfd.fd(poll, 0, socket);
            return winsock.wsaPoll(NativeCalls.threadCapture(), poll.address(), 1, 0) > 0
                    ? Wsapollfd.revents(poll, 0)
                    : 0;
        }
    }
}
