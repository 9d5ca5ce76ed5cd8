// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Keep-alive times for {@code SIO_KEEPALIVE_VALS}.
 *
 * <pre>{@code
 * struct tcp_keepalive {
 *     u_long onoff;
 *     u_long keepalivetime;       // milliseconds
 *     u_long keepaliveinterval;   // milliseconds
 * };
 * }</pre>
 */
public final class TcpKeepalive {
    /** {@code tcp_keepalive}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("onoff"),
            ValueLayout.JAVA_INT.withName("keepalivetime"),
            ValueLayout.JAVA_INT.withName("keepaliveinterval"))
            .withName("tcp_keepalive");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle ONOFF = field("onoff");
    private static final VarHandle KEEPALIVETIME = field("keepalivetime");
    private static final VarHandle KEEPALIVEINTERVAL = field("keepaliveinterval");

    private TcpKeepalive() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code onoff}. */
    public static void onoff(MemorySegment struct, long base, int value) {
        ONOFF.set(struct, base, value);
    }

    /** Sets {@code keepalivetime}: milliseconds. */
    public static void keepalivetime(MemorySegment struct, long base, int value) {
        KEEPALIVETIME.set(struct, base, value);
    }

    /** Sets {@code keepaliveinterval}: milliseconds. */
    public static void keepaliveinterval(MemorySegment struct, long base, int value) {
        KEEPALIVEINTERVAL.set(struct, base, value);
    }
}
