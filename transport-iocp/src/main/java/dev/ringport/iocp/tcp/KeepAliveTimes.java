// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.abi.TcpKeepalive;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.OverlappedSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_KEEPALIVE_VALS;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_KEEPALIVE;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_KEEPCNT;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_KEEPIDLE;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_KEEPINTVL;

/**
 * When an idle connection is probed. From Windows 10 1709 on each time is an option of its own. Before, one call sets both
 * of them and {@code SO_KEEPALIVE} too, and tells nothing back: what was set is kept here. From any thread.
 */
public final class KeepAliveTimes {
    /** What Windows does unless told otherwise. */
    private static final int DEFAULT_IDLE_SECONDS = 7_200;
    private static final int DEFAULT_INTERVAL_SECONDS = 1;

    private final OverlappedSocket socket;
    private int idleSeconds = DEFAULT_IDLE_SECONDS;
    private int intervalSeconds = DEFAULT_INTERVAL_SECONDS;
    /** Whether times were set by the old call, which a later {@code SO_KEEPALIVE} does not know of. */
    private boolean setTogether;

    public KeepAliveTimes(OverlappedSocket socket) {
        this.socket = socket;
    }

    public synchronized boolean isOn() throws IOException {
        return socket.getInt(SOL_SOCKET, SO_KEEPALIVE) != 0;
    }

    public synchronized void on(boolean on) throws IOException {
        if (on && setTogether) {
            setTogether(true);
        } else {
            socket.setInt(SOL_SOCKET, SO_KEEPALIVE, on ? 1 : 0);
        }
    }

    public synchronized int idle() {
        return get(TCP_KEEPIDLE, idleSeconds);
    }

    public synchronized void idle(int seconds) throws IOException {
        int before = idleSeconds;
        idleSeconds = seconds;
        if (!set(TCP_KEEPIDLE, seconds)) {
            idleSeconds = before;
            throw unknown("TCP_KEEPIDLE");
        }
    }

    public synchronized int interval() {
        return get(TCP_KEEPINTVL, intervalSeconds);
    }

    public synchronized void interval(int seconds) throws IOException {
        int before = intervalSeconds;
        intervalSeconds = seconds;
        if (!set(TCP_KEEPINTVL, seconds)) {
            intervalSeconds = before;
            throw unknown("TCP_KEEPINTVL");
        }
    }

    /** 0 where the system does not tell: {@code getOptions()} asks for everything. */
    public int count() {
        return get(TCP_KEEPCNT, 0);
    }

    public void count(int probes) throws IOException {
        socket.setInt(IPPROTO_TCP, TCP_KEEPCNT, probes);
    }

    private int get(int option, int otherwise) {
        try {
            return socket.getInt(IPPROTO_TCP, option);
        } catch (IOException unknown) {
            return otherwise;
        }
    }

    /** False if neither way is known. */
    private boolean set(int option, int value) throws IOException {
        if (socket.trySetInt(IPPROTO_TCP, option, value)) {
            return true;
        }
        // Throws if the socket is closed.
        boolean on = isOn();
        try {
            setTogether(on);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private void setTogether(boolean on) throws IOException {
        socket.call("WSAIoctl(SIO_KEEPALIVE_VALS)", (capture, arena) -> {
            MemorySegment times = arena.allocate(TcpKeepalive.LAYOUT);
            TcpKeepalive.onoff(times, 0, on ? 1 : 0);
            TcpKeepalive.keepalivetime(times, 0, millis(idleSeconds));
            TcpKeepalive.keepaliveinterval(times, 0, millis(intervalSeconds));
            return socket.calls().winsock().wsaIoctl(
                    capture, socket.handle(), SIO_KEEPALIVE_VALS, times.address(), (int) TcpKeepalive.BYTES, 0, 0,
                    arena.allocate(ValueLayout.JAVA_INT).address(), 0, 0);
        });
        setTogether = true;
    }

    private static int millis(int seconds) {
        return (int) Math.min(TimeUnit.SECONDS.toMillis(seconds), Integer.MAX_VALUE);
    }

    private static IOException unknown(String option) {
        return WindowsErrors.exception("setsockopt(" + option + ")", WindowsErrors.WSAENOPROTOOPT);
    }
}
