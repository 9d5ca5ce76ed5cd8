// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;

/** As many datagrams as the system lets through. */
final class FloodLoad extends Load {
    private final int train;
    private final OwnedCounter sent = new OwnedCounter();

    FloodLoad(int serverPort, int train) throws IOException {
        super(new LoadSocket(train * DATAGRAM_BYTES, DATAGRAM_BYTES, false));
        this.train = train;
        LoadSocket socket = socket();
        socket.fill((byte) 1);
        socket.sendTo(serverPort);
        if (train > 1) {
            socket.sendTrainsOf(DATAGRAM_BYTES);
        }
    }

    @Override
    void run() throws IOException {
        while (!isStopped()) {
            int messages = socket().send(LoadSocket.BATCH);
            if (messages > 0) {
                sent.add((long) messages * train);
            }
        }
    }

    @Override
    Message counted(Message answer) {
        return answer.with("sent", sent.get());
    }
}
