import Commands

await Purser.start()
