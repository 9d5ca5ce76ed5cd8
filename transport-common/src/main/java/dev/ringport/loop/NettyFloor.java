// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.util.Version;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether the Netty that is there has what the transports need of it. */
public final class NettyFloor {
    /** The lowest Netty that the transports are tested with. */
    public static final String LOWEST = "4.2.9";

    private static final String FINAL = ".Final";

    /** Its methods are there from Netty 4.2.7 on, the interface from 4.2 on. */
    private static final class Handle implements IoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {}

        @Override
        public void close() {}
    }

    private NettyFloor() {}

    /**
     * Throws if the Netty that is there lacks something, or if it keeps classes of a transport from being loaded.
     *
     * @param loads names classes of the transport that extend Netty's
     * @throws UnsupportedOperationException with the lowest version and the one found in its message
     */
    public static void ensureMet(Supplier<Class<?>> loads) {
        ensureMet(NettyFloor::tryHandle, loads, found());
    }

    static void ensureMet(Runnable handle, Supplier<Class<?>> loads, @Nullable String found) {
        try {
            handle.run();
            Class<?> _ = loads.get();
        } catch (LinkageError other) {
            throw new UnsupportedOperationException(
                    "needs Netty " + LOWEST + " or newer, found " + (found == null ? "one of unknown version" : found)
                            + " (" + other + ")",
                    other);
        }
    }

    private static void tryHandle() {
        IoHandle handle = new Handle();
        handle.registered();
        handle.unregistered();
    }

    /** The version of Netty's transport module, without its suffix; null where a repackaged jar does not say it. */
    static @Nullable String found() {
        Version version = Version.identify(NettyFloor.class.getClassLoader()).get("netty-transport");
        if (version == null) {
            return null;
        }
        String name = version.artifactVersion();
        return name.endsWith(FINAL) ? name.substring(0, name.length() - FINAL.length()) : name;
    }
}
