// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.socket;

import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Netty's options that name a level and a number. Its artifact need not be there: touched only where it is. */
public final class UnixRawOptions {
    private static final boolean PRESENT = isPresent();

    private UnixRawOptions() {}

    private static boolean isPresent() {
        try {
            Class.forName(
                    "io.netty.channel.unix.GenericUnixChannelOption", false, UnixRawOptions.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    public static boolean isRaw(ChannelOption<?> option) {
        return PRESENT && Present.isRaw(option);
    }

    /** Reads an option for which {@link #isRaw} is true. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <T> @Nullable T get(UringSocket socket, ChannelOption<T> option) throws IOException {
        return (T) Present.get(socket, option);
    }

    /** Sets an option for which {@link #isRaw} is true. */
    public static void set(UringSocket socket, ChannelOption<?> option, Object value) throws IOException {
        Present.set(socket, option, value);
    }

    private static final class Present {
        static boolean isRaw(ChannelOption<?> option) {
            return option instanceof IntegerUnixChannelOption || option instanceof RawUnixChannelOption;
        }

        static Object get(UringSocket socket, ChannelOption<?> option) throws IOException {
            if (option instanceof IntegerUnixChannelOption number) {
                return socket.getInt(number.level(), number.optname());
            }
            RawUnixChannelOption raw = (RawUnixChannelOption) option;
            ByteBuffer value = ByteBuffer.allocate(raw.length());
            socket.getRaw(raw.level(), raw.optname(), value);
            return value.flip();
        }

        static void set(UringSocket socket, ChannelOption<?> option, Object value) throws IOException {
            if (option instanceof IntegerUnixChannelOption number) {
                socket.setInt(number.level(), number.optname(), (Integer) value);
            } else {
                RawUnixChannelOption raw = (RawUnixChannelOption) option;
                socket.setRaw(raw.level(), raw.optname(), ((ByteBuffer) value).duplicate());
            }
        }
    }
}
