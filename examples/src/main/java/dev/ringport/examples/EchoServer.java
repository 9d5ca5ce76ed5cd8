// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** The side that answers. */
interface EchoServer extends AutoCloseable {
    void bind(InetSocketAddress address) throws IOException, InterruptedException;

    /** Where it serves, once bound. */
    InetSocketAddress address();

    /** The loops that serve. */
    int loopCount();

    /** What {@link #traffic()} counts, as the start of a line; empty for datagrams. */
    String unit();

    Traffic traffic();

    /** What became of the connections, as the end of a line; empty for datagrams. */
    String connections();

    /** What failed first on the channels where something did. */
    List<Throwable> failures();

    /** What the loops have counted, if the transport counts. */
    List<String> loopCounters();

    @Override
    void close();
}
