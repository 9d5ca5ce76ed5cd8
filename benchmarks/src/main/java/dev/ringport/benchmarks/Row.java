// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is measured: one row of the table for each. */
enum Row {
    ECHO_ONE("echo-1", "echo, 1 peer, 64 outstanding", Kind.ECHO, 1, 64, 1), ECHO_64("echo-64",
            "echo, 64 peers, one outstanding each", Kind.ECHO, 64, 64, 1), ECHO_4096("echo-4096",
                    "echo, 4,096 peers, one outstanding each", Kind.ECHO, 4096, 4096, 1), ECHO_TRAINS("echo-trains",
                            "echo, the peer sends trains and has GRO", Kind.ECHO, 1, 64,
                            32), SEND("send", "send, batches of 64, one flush each", Kind.SEND, 1, 0, 1), SEND_THREAD(
                                    "send-thread", "send from another thread, one packet a writeAndFlush",
                                    Kind.SEND_THREAD, 1, 0, 1), RECEIVE("receive", "receive, flooded", Kind.RECEIVE, 1,
                                            0, 1), RECEIVE_TRAINS("receive-trains", "receive, flooded with trains",
                                                    Kind.RECEIVE, 1, 0, 32), QUIC("quic",
                                                            "QUIC, one stream, both ends together", Kind.QUIC, 1, 0, 1);

    /** What the two ends do. */
    enum Kind {
        /** The server sends back what comes. */
        ECHO,
        /** The server sends, from its event loop. */
        SEND,
        /** The server sends, from a thread that is not its event loop. */
        SEND_THREAD,
        /** The server is sent to. */
        RECEIVE,
        /** The server sends a stream by Netty's QUIC codec. */
        QUIC
    }

    private final String id;
    private final String title;
    private final Kind kind;
    private final int peers;
    private final int window;
    private final int train;

    Row(String id, String title, Kind kind, int peers, int window, int train) {
        this.id = id;
        this.title = title;
        this.kind = kind;
        this.peers = peers;
        this.window = window;
        this.train = train;
    }

    /** The name in options and figures. */
    String id() {
        return id;
    }

    /** What the reader is shown. */
    String title() {
        return title;
    }

    Kind kind() {
        return kind;
    }

    /** How many source addresses the load comes from. */
    int peers() {
        return peers;
    }

    /** How many datagrams are outstanding; 0 where nothing comes back. */
    int window() {
        return window;
    }

    /** The most datagrams that the load gives to the kernel as one segmented send; 1 for none. */
    int train() {
        return train;
    }

    /** What CPU time, rate and allocation are counted by. */
    String unit() {
        return kind == Kind.QUIC ? "KiB" : "datagram";
    }

    static Optional<Row> named(String id) {
        return Arrays.stream(values()).filter(row -> row.id.equals(id)).findFirst();
    }

    static List<String> ids() {
        return Arrays.stream(values()).map(Row::id).toList();
    }
}
