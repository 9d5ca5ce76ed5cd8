// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import org.jspecify.annotations.Nullable;

/** The sixteen ways in which {@link DatagramChannel} lets one join, leave and block, led to three. */
public interface MulticastOverloads extends DatagramChannel {
    /** The three memberships that a system knows. From any thread. */
    interface Memberships {
        /** Joins; with a source only what that source sends. */
        void join(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException;

        /** Leaves what was joined. */
        void leave(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException;

        /** Blocks a source in a group that was joined without one. */
        void block(InetAddress group, NetworkInterface through, InetAddress source) throws IOException;

        /** The interface for calls that name none. */
        NetworkInterface defaultInterface(InetAddress group) throws IOException;
    }

    /** One change of a membership. */
    @FunctionalInterface
    interface Change {
        void run(Memberships memberships) throws IOException;
    }

    /** This channel's memberships. */
    Memberships memberships();

    /** Runs a change and completes the promise with its result. */
    private ChannelFuture change(ChannelPromise promise, Change change) {
        try {
            change.run(memberships());
            promise.setSuccess();
        } catch (IOException | RuntimeException e) {
            promise.setFailure(e);
        }
        return promise;
    }

    @Override
    default ChannelFuture joinGroup(InetAddress group) {
        return joinGroup(group, newPromise());
    }

    @Override
    default ChannelFuture joinGroup(InetAddress group, ChannelPromise promise) {
        return change(promise, m -> m.join(group, m.defaultInterface(group), null));
    }

    @Override
    default ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface through) {
        return joinGroup(group, through, newPromise());
    }

    @Override
    default ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface through, ChannelPromise promise) {
        return joinGroup(group.getAddress(), through, null, promise);
    }

    @Override
    default ChannelFuture joinGroup(InetAddress group, NetworkInterface through, @Nullable InetAddress source) {
        return joinGroup(group, through, source, newPromise());
    }

    @Override
    default ChannelFuture joinGroup(
            InetAddress group, NetworkInterface through, @Nullable InetAddress source, ChannelPromise promise) {
        return change(promise, m -> m.join(group, through, source));
    }

    @Override
    default ChannelFuture leaveGroup(InetAddress group) {
        return leaveGroup(group, newPromise());
    }

    @Override
    default ChannelFuture leaveGroup(InetAddress group, ChannelPromise promise) {
        return change(promise, m -> m.leave(group, m.defaultInterface(group), null));
    }

    @Override
    default ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface through) {
        return leaveGroup(group, through, newPromise());
    }

    @Override
    default ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface through, ChannelPromise promise) {
        return leaveGroup(group.getAddress(), through, null, promise);
    }

    @Override
    default ChannelFuture leaveGroup(InetAddress group, NetworkInterface through, @Nullable InetAddress source) {
        return leaveGroup(group, through, source, newPromise());
    }

    @Override
    default ChannelFuture leaveGroup(
            InetAddress group, NetworkInterface through, @Nullable InetAddress source, ChannelPromise promise) {
        return change(promise, m -> m.leave(group, through, source));
    }

    @Override
    default ChannelFuture block(InetAddress group, NetworkInterface through, InetAddress source) {
        return block(group, through, source, newPromise());
    }

    @Override
    default ChannelFuture block(
            InetAddress group, NetworkInterface through, InetAddress source, ChannelPromise promise) {
        return change(promise, m -> m.block(group, through, source));
    }

    @Override
    default ChannelFuture block(InetAddress group, InetAddress source) {
        return block(group, source, newPromise());
    }

    @Override
    default ChannelFuture block(InetAddress group, InetAddress source, ChannelPromise promise) {
        return change(promise, m -> m.block(group, m.defaultInterface(group), source));
    }
}
