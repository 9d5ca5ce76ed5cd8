// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The kernel's {@code struct user_msghdr}, which glibc's {@code struct msghdr} equals on 64 bits; musl splits the two lengths
 * into an int and padding, so this one is never passed to the C library.
 *
 * <pre>{@code
 * struct user_msghdr {
 *     void __user         *msg_name;
 *     int                  msg_namelen;
 *     struct iovec __user *msg_iov;
 *     __kernel_size_t      msg_iovlen;
 *     void __user         *msg_control;
 *     __kernel_size_t      msg_controllen;
 *     unsigned int         msg_flags;
 * };
 * }</pre>
 */
public final class Msghdr {
    /** {@code struct msghdr}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("msg_name"),
            ValueLayout.JAVA_INT.withName("msg_namelen"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("msg_iov"),
            ValueLayout.JAVA_LONG.withName("msg_iovlen"),
            ValueLayout.JAVA_LONG.withName("msg_control"),
            ValueLayout.JAVA_LONG.withName("msg_controllen"),
            ValueLayout.JAVA_INT.withName("msg_flags"),
            MemoryLayout.paddingLayout(4))
            .withName("msghdr");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle MSG_NAME = field("msg_name");
    private static final VarHandle MSG_NAMELEN = field("msg_namelen");
    private static final VarHandle MSG_IOV = field("msg_iov");
    private static final VarHandle MSG_IOVLEN = field("msg_iovlen");
    private static final VarHandle MSG_CONTROL = field("msg_control");
    private static final VarHandle MSG_CONTROLLEN = field("msg_controllen");
    private static final VarHandle MSG_FLAGS = field("msg_flags");

    private Msghdr() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code msg_namelen}. */
    public static int msgNamelen(MemorySegment struct, long base) {
        return (int) MSG_NAMELEN.get(struct, base);
    }

    /** Reads {@code msg_controllen}. */
    public static long msgControllen(MemorySegment struct, long base) {
        return (long) MSG_CONTROLLEN.get(struct, base);
    }

    /** Reads {@code msg_flags}. */
    public static int msgFlags(MemorySegment struct, long base) {
        return (int) MSG_FLAGS.get(struct, base);
    }

    /** Sets {@code msg_name}. */
    public static void msgName(MemorySegment struct, long base, long value) {
        MSG_NAME.set(struct, base, value);
    }

    /** Sets {@code msg_namelen}. */
    public static void msgNamelen(MemorySegment struct, long base, int value) {
        MSG_NAMELEN.set(struct, base, value);
    }

    /** Sets {@code msg_iov}. */
    public static void msgIov(MemorySegment struct, long base, long value) {
        MSG_IOV.set(struct, base, value);
    }

    /** Sets {@code msg_iovlen}. */
    public static void msgIovlen(MemorySegment struct, long base, long value) {
        MSG_IOVLEN.set(struct, base, value);
    }

    /** Sets {@code msg_control}. */
    public static void msgControl(MemorySegment struct, long base, long value) {
        MSG_CONTROL.set(struct, base, value);
    }

    /** Sets {@code msg_controllen}. */
    public static void msgControllen(MemorySegment struct, long base, long value) {
        MSG_CONTROLLEN.set(struct, base, value);
    }

    /** Sets {@code msg_flags}. */
    public static void msgFlags(MemorySegment struct, long base, int value) {
        MSG_FLAGS.set(struct, base, value);
    }
}
