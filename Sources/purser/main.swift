import Commands

Purser.start()
