"""The directory of projects: what somebody asks for, what is found and how much of it, how it is shown."""
