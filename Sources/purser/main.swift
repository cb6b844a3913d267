import Commands

Purser.main()
